/** What is heard of a run while it works, on a whole real system: what a model behind a network thinks, says and cites, and what a program writes that a tool runs. By a raw WebSocket and by the stream of server-sent events. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebSocket, type RawData } from 'ws';
import { EverthreadClient, NotFoundError, type ConversationAgent } from '../../src/client/client';
import { eventually, until } from '../support/eventually';
import { startStreamingModel, type StreamingModel } from '../support/model-server/streaming-model';
import { startWorld, type World } from '../support/world';

const MANIFEST = {
  ...{ name: 'slow_words', version: '0.1.0', description: 'Says words, slowly.', effect_class: 'read', risk_class: 'low' },
  ...{ input_schema: { type: 'object', properties: {} }, executor: { kind: 'shell', command_template: 'sh words.sh', timeout_secs: 60 } },
};
const SOURCE = { url: 'https://example.com/seven', title: 'On seven' };

let world: World;
let model: StreamingModel;
let folder: string;
const keys: Record<string, string> = {};
beforeAll(async () => {
  folder = realpathSync(mkdtempSync(join(process.env['EVERTHREAD_TEST_RUN'] ?? tmpdir(), 'thread-frames-')));
  const [manifests, workspace] = [join(folder, 'manifests'), join(folder, 'workspace')];
  for (const each of [manifests, workspace]) mkdirSync(each);
  writeFileSync(join(manifests, 'words.json'), JSON.stringify(MANIFEST));
  // It ends when somebody has heard a word of it: what is told live does not wait for the end.
  writeFileSync(
    join(workspace, 'words.sh'),
    'n=0\nwhile [ ! -e heard ] && [ $n -lt 300 ]; do echo again; sleep 0.1; n=$((n+1)); done\necho oh >&2\necho last\n',
  );
  model = await startStreamingModel((_asked, count) =>
    count === 1
      ? { thinking: ['I need ', 'words.'], calls: [{ id: 'toolu_1', name: 'slow_words', args: ['{}'] }] }
      : { thinking: ['Seven it is.'], text: ['It is ', '7.'], sources: [SOURCE] },
  );
  world = await startWorld({
    roles: ['api', 'worker'],
    env: { EVERTHREAD_TOOL_MANIFEST_DIRS: manifests, EVERTHREAD_WORKSPACE: workspace, ANTHROPIC_BASE_URL: model.url, ANTHROPIC_API_KEY: 'key-of-anthropic' },
  });
  const make = async (client: EverthreadClient, name: string, scopes: readonly string[]) =>
    ((await client.controlPlane.api.POST('/api/auth/keys', { body: { name, scopes: [...scopes] as never[] } })).data as { key: string }).key;
  const open = new EverthreadClient({ baseUrl: world.apiUrl });
  keys['root'] = await make(open, 'root', ['admin']);
  await eventually('the door is closed', () =>
    open.threads.api.GET('/v1/threads').then(
      () => false,
      () => true,
    ),
  );
  for (const name of ['ada', 'bob']) keys[name] = await make(as('root'), name, ['agent:*', 'runs:read', 'runs:write']);
}, 180_000);
afterAll(async () => {
  await world.stop();
  await model.close();
  rmSync(folder, { recursive: true, force: true });
}, 60_000);

const as = (who: string): EverthreadClient => new EverthreadClient({ baseUrl: world.apiUrl, apiKey: keys[who] as string });

it('tells thoughts, words, sources and output while they come, and its owner alone reads the run', async () => {
  const { threads } = as('ada');
  await threads.agent({
    ...{ slug: 'thinker', name: 'thinker', model: 'anthropic/m', tools: ['slow_words'], thinkingBudgetTokens: 2_000, maxTokens: 4_000 },
  } as unknown as ConversationAgent);
  const started = await fetch(`${world.apiUrl}/v1/run`, {
    ...{ method: 'POST', headers: { 'Content-Type': 'application/json', 'X-API-Key': keys['ada'] as string } },
    body: JSON.stringify({ agent: 'thinker', prompt: 'How many?' }),
  });
  const [threadId, runId] = [started.headers.get('x-thread-id') as string, started.headers.get('x-run-id') as string];
  const frames: any[] = [];
  const socket = new WebSocket(`${world.apiUrl.replace('http', 'ws')}/v1/threads/${threadId}/events?token=${keys['ada']}&after=0`);
  socket.on('message', (data: RawData) => frames.push(JSON.parse(String(data))));
  await once(socket, 'open');
  const of = (type: string): any[] => frames.filter((frame) => frame.type === type);

  await until('its output is heard while it runs', () => of('tool_output_delta').some(({ payload }) => payload.text.includes('again')), 60_000);
  expect(of('tool_result')).toEqual([]);
  writeFileSync(join(folder, 'workspace', 'heard'), '');
  await until('it has ended', () => of('run_completed').length > 0, 60_000);
  await until(
    'all of its words are heard',
    () =>
      of('assistant_message_delta')
        .map(({ payload }) => payload.text)
        .join('') === 'It is 7.',
    10_000,
  );

  const outputs = (stream: string) => of('tool_output_delta').flatMap(({ payload }) => (payload.stream === stream ? [payload.text] : []));
  expect([outputs('stdout').join(''), outputs('stderr').join('')]).toEqual([expect.stringMatching(/^(?:again\n)+last\n$/), 'oh\n']);
  expect(new Set(of('tool_output_delta').map(({ payload }) => payload.callId))).toEqual(new Set([of('tool_call')[0].payload.callId]));
  expect(
    of('assistant_thinking_delta')
      .map(({ payload }) => payload.text)
      .join(''),
  ).toContain('Seven it is.');
  expect(of('assistant_message_source').map(({ payload }) => payload)).toEqual([SOURCE]);
  expect(of('run_completed')[0].payload).toMatchObject({ status: 'completed' });
  const stream = await started.text();
  for (const type of ['run', 'run_started', 'tool_call', 'tool_output_delta', 'assistant_message', 'run_completed'])
    expect(stream).toContain(`event: ${type}\n`);
  const twin = await fetch(`${world.apiUrl}/v1/threads/${threadId}/events?api_key=${keys['ada']}&after=0`, { headers: { Accept: 'text/event-stream' } });
  expect(twin.status).toBe(200);
  await twin.body?.cancel();
  socket.terminate();

  const record = (who: string) => as(who).runs.api.GET('/runs/{id}', { params: { path: { id: runId } } });
  expect((await record('ada')).data).toMatchObject({ task: 'How many?', summary: { final_answer: 'It is 7.' } });
  await expect(record('bob')).rejects.toBeInstanceOf(NotFoundError);
  await expect(as('bob').runs.api.GET('/runs/{id}/execution', { params: { path: { id: runId } } })).rejects.toBeInstanceOf(NotFoundError);
}, 180_000);
