/**
 * Tools that others bring (digest §5.1, §5.2; transcript 08), on a whole real system: manifests from a folder and an MCP server from npm, used by a run whose model is a server on
 * loopback. The requests are the peer's, and so is what is expected; its MCP server had one tool, this one has more.
 */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '../support/eventually';
import { startScriptedChat } from '../support/scripted-chat-server';
import { startWorld, type World } from '../support/world';
import { asking } from './transcripts/model-runs';

const EVERYTHING = [process.execPath, join(__dirname, '..', '..', 'node_modules', '@modelcontextprotocol', 'server-everything', 'dist', 'index.js'), 'stdio'];
const CALLS = [
  { tool: 'repo_word_count', args: { path: 'README.md' } },
  { tool: 'noop_tool', args: {} },
  { tool: 'danger_noop', args: {} },
  { tool: 'mcp_demo_echo', args: { message: 'hi' } },
];
const ARGS = { type: 'object', properties: {} };
const MANIFESTS = {
  'bad.json': { name: 'bad name!', version: '0.1.0', description: 'x', effect_class: 'pure', risk_class: 'low', input_schema: ARGS },
  'count.json': {
    ...{ name: 'repo_word_count', version: '0.1.0', description: 'Counts words.', effect_class: 'read', risk_class: 'low' },
    input_schema: { type: 'object', properties: { path: { type: 'string' } }, required: ['path'] },
    executor: { kind: 'shell', command_template: 'wc -w {path}' },
  },
  'danger.json': { name: 'danger_noop', version: '0.1.0', description: 'x', effect_class: 'write', risk_class: 'critical', input_schema: ARGS },
  'noop.json': { name: 'noop_tool', version: '0.1.0', description: 'x', effect_class: 'pure', risk_class: 'low', input_schema: ARGS },
  'shadow.json': { name: 'kv_set', version: '9.9.9', description: 'x', effect_class: 'pure', risk_class: 'low', input_schema: ARGS },
};

let world: World;
let models: Awaited<ReturnType<typeof startScriptedChat>>;
let folder: string;
beforeAll(async () => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'everthread-run-tools-')));
  const [manifests, workspace] = ['manifests', 'workspace'].map((name) => join(folder, name)) as [string, string];
  for (const each of [manifests, workspace]) mkdirSync(each);
  for (const [name, manifest] of Object.entries(MANIFESTS)) writeFileSync(join(manifests, name), JSON.stringify(manifest));
  writeFileSync(join(folder, 'mcp.json'), JSON.stringify({ servers: { demo: EVERYTHING, broken: ['/nowhere/no-such-server'] } }));
  models = await startScriptedChat({ mani: (turn) => (CALLS[turn] ? { say: `turn ${turn} rationale`, calls: [CALLS[turn]] } : { say: 'mani done' }) });
  world = await startWorld({
    roles: ['api', 'worker'],
    env: {
      EVERTHREAD_MODEL_BASE_URLS: models.url,
      EVERTHREAD_TOOL_MANIFEST_DIRS: manifests,
      EVERTHREAD_MCP_CONFIG: join(folder, 'mcp.json'),
      EVERTHREAD_WORKSPACE: workspace,
      EVERTHREAD_APPROVE_RISK: 'medium',
    },
  });
}, 180_000);
afterAll(async () => {
  await world.stop();
  await models.close();
  rmSync(folder, { recursive: true, force: true });
});

const ask = async (method: string, path: string, body?: unknown): Promise<{ readonly status: number; readonly body: any }> => {
  const sent = body === undefined ? {} : { body: JSON.stringify(body).replace('{url}', models.url), headers: { 'content-type': 'application/json' } };
  const response = await fetch(`${world.apiUrl}${path}`, { method, ...sent });
  return { status: response.status, body: await response.json() };
};

it('tools from manifests and from an MCP server are listed by name, what is no tool or shadows one is not', async () => {
  const tools = await until('the MCP server has said which tools it has', async () => {
    const { body } = await ask('GET', '/tools');
    return body.tools.some(({ name }: { name: string }) => name === 'mcp_demo_echo') ? body.tools : null;
  });
  const names = tools.map(({ name }: { name: string }) => name);
  expect(names).toEqual([...names].sort());
  expect(tools).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ name: 'danger_noop', version: '0.1.0', effect_class: 'write', risk_class: 'critical' }),
      expect.objectContaining({ name: 'noop_tool', version: '0.1.0', effect_class: 'pure', risk_class: 'low' }),
      expect.objectContaining({ name: 'repo_word_count', version: '0.1.0', effect_class: 'read', risk_class: 'low' }),
      expect.objectContaining({ name: 'mcp_demo_echo', effect_class: 'external', risk_class: 'medium' }),
      expect.objectContaining({ name: 'kv_set', version: '0.0.1' }),
    ]),
  );
  expect(names.filter((name: string) => name.includes('bad') || name.includes('broken'))).toEqual([]);
});

it('a run uses them, asks before the dangerous one, and is refused what its ceiling does not hold', async () => {
  await until('the tools are there', async () => (await ask('GET', '/tools')).body.tools.some(({ name }: { name: string }) => name === 'mcp_demo_echo'));
  const { status, body: made } = await ask('POST', '/runs', asking('mani', 'mani demo', { max_steps: 9, tool_scopes: ['*'] }));
  expect(status).toBe(202);
  const run = `/runs/${made.run_id}`;
  const session = await until('it asks', async () => {
    const { body } = await ask('GET', `${run}/execution`);
    return body.status === 'waiting_approval' ? body : null;
  });

  expect(session).toMatchObject({
    ...{ phase: 'proposal', operator_state: 'Awaiting approval on high-risk', current_step: 3, max_steps: 9, active_tool: 'danger_noop' },
    pending_channel: 'high-risk',
    counters: { steps_started: 3, intents_declared: 3, proposals_staged: 2, commits: 2, rejections: 0, failures: 0, approvals_pending: 1 },
  });
  expect(session.log.at(-1)).toMatchObject({
    ...{ phase: 'proposal', level: 'warning', title: 'Approval requested for danger_noop', step_index: 2, tool: 'danger_noop' },
    detail: "Channel high-risk: tool 'danger_noop' is Critical-risk (threshold Medium); operator approval required. args: {}",
  });
  expect(await ask('POST', `${run}/approvals/wrong-channel`, { approve: true })).toMatchObject({
    status: 404,
    body: { error: 'no pending approval for this run/channel', run_id: made.run_id, channel: 'wrong-channel' },
  });
  expect(await ask('POST', `${run}/approvals/high-risk`, { approve: true })).toMatchObject({
    status: 200,
    body: { run_id: made.run_id, channel: 'high-risk', approved: true },
  });
  const record = await until('it has ended', async () => {
    const { body } = await ask('GET', run);
    return body.status === 'running' ? null : body;
  });
  expect(record).toMatchObject({
    ...{ task: 'mani demo', status: 'completed' },
    summary: { steps_executed: 5, intents_submitted: 4, commits: 3, rejections: 1, failures: 0, final_answer: 'mani done', terminated_by: 'CognitionDone' },
  });
  const { body: ledger } = await ask('GET', `/audit/entries?run_id=${made.run_id}&kind=commit`);
  expect(ledger.entries[0].payload.body).toMatchObject({
    ...{ seq: 1, delta: [], policy_trace: { rules_evaluated: ['writ.authority'], decision: { kind: 'permit' } } },
    observations: [{ tool: 'repo_word_count', output: { exit_code: 1, stdout: '', stderr: expect.stringContaining('README.md') } }],
  });
}, 60_000);
