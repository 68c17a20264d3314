/** AG-UI over fakes: its client runs an agent, answers what it asks, and a validator of the protocol finds nothing in the streams. */
import { EventType, HttpAgent, type BaseEvent, type RunFinishedEvent } from '@ag-ui/client';
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import type { Conversations, ThreadRun } from '../../src/contracts/conversation/ports';
import { newHash } from '../support/ledger';
import { pythonTests } from '../support/python';
import { serve, type Served } from './serve';

const { onPython, python } = pythonTests('ag-ui-validate', 'ag-ui-validate');
let served: Served;
let first: { readonly onRun: Served['conversations']['onRun']; readonly answer: Conversations['answer'] };
beforeAll(async () => {
  served = await serve();
  const { onRun, conversations } = served.conversations;
  first = { onRun, answer: conversations.answer };
  served.conversations.addAgent({ slug: 'helper', name: 'Helper' });
});
afterAll(() => served.server.close(100));
beforeEach(() => {
  const { conversations, kept, threadRuns, asked } = served.conversations;
  for (const rows of [kept, threadRuns, asked]) rows.length = 0;
  served.conversations.onRun = first.onRun;
  (conversations as { answer: Conversations['answer'] }).answer = first.answer;
});

const address = () => `${served.url}/ag-ui/agents/helper`;
const keptOf = (threadId: string) => served.conversations.kept.find(({ thread }) => thread.id === threadId)!;

interface Validated {
  readonly exitCode: number;
  readonly output: string;
}

/** The validator over a recorded stream, or against a live address; every warning counts. */
function validate(...args: readonly string[]): (input?: string) => Promise<Validated> {
  return (input) =>
    new Promise((resolve) => {
      const child = execFile(
        python(),
        ['-m', 'ag_ui_validate.cli', ...args, '--no-color', '--max-warnings', '0'],
        { timeout: 60_000, killSignal: 'SIGKILL' },
        (problem, stdout, stderr) =>
          resolve({ exitCode: problem === null ? 0 : typeof problem.code === 'number' ? problem.code : -1, output: `${stdout}${stderr}` }),
      );
      child.stdin?.end(input ?? '');
    });
}
const CLEAN: unknown = { exitCode: 0, output: expect.any(String) };

const input = (more: object = {}) => ({
  ...{ threadId: randomUUID(), runId: randomUUID(), messages: [{ id: 'm1', role: 'user', content: 'Look around' }] as object[], tools: [], context: [] },
  ...more,
});
async function recorded(body: object): Promise<string> {
  const response = await fetch(address(), {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Accept: 'text/event-stream' },
    body: JSON.stringify(body),
  });
  expect(response.headers.get('content-type')).toContain('text/event-stream');
  return response.text();
}
const eventsIn = (text: string): any[] => [...text.matchAll(/^data: (.*)$/gm)].map(([, json]) => JSON.parse(json as string));

const CALL = { callId: 'call-1', tool: 'shell' };

/** Thinks aloud, says something, calls a tool, hears of it and answers; with pieces of everything live. */
function talkative(run: ThreadRun): void {
  const kept = keptOf(run.threadId);
  const { threadId, runId, rolloutId } = run;
  let sequenceNumber = 0;
  const say = (type: 'assistant_message_delta' | 'assistant_thinking_delta', text: string): void =>
    served.conversations.say(kept, { type, threadId, runId, rolloutId, sequenceNumber: (sequenceNumber += 1), payload: { text } });
  const heard = setInterval(() => {
    if (served.conversations.watchers(kept) === 0) return;
    clearInterval(heard);
    say('assistant_thinking_delta', 'I should ');
    say('assistant_thinking_delta', 'look.');
    say('assistant_message_delta', 'Let me see.');
    setTimeout(() => {
      served.conversations.tell(kept, 'tool_call', { ...CALL, arguments: { command: 'ls' }, rationale: 'to look' }, runId);
      served.conversations.tell(kept, 'tool_result', { ...CALL, status: 'done', output: { files: 1 }, error: null }, runId);
      setTimeout(() => {
        say('assistant_message_delta', 'There is ');
        setTimeout(() => served.conversations.end(runId, 'completed', 'There is one file.'), 50);
      }, 50);
    }, 50);
  }, 5);
}

function asking(questionId: string): void {
  served.conversations.onRun = (run: ThreadRun) => {
    const kept = keptOf(run.threadId);
    served.conversations.tell(kept, 'tool_call', { ...CALL, arguments: { command: 'ls' }, rationale: 'to look' }, run.runId);
    served.conversations.tell(kept, 'approval_requested', { ...CALL, channel: 'high-risk', proposalId: questionId, reason: 'It may.', quorum: 1 }, run.runId);
    served.conversations.waitFor(run.runId, {
      channel: 'high-risk',
      proposalId: questionId,
      tool: 'shell',
      reason: 'It may.',
      since: new Date().toISOString(),
    });
  };
  (served.conversations.conversations as { answer: Conversations['answer'] }).answer = async (principal, threadId, verdict, call) => {
    const done = await first.answer(principal, threadId, verdict, call);
    const kept = keptOf(threadId);
    const { runId } = served.conversations.threadRuns[0]!;
    const approved = verdict.approve;
    served.conversations.tell(kept, 'approval_resolved', { ...CALL, channel: 'high-risk', proposalId: questionId, approved, approvers: ['local'] }, runId);
    served.conversations.tell(
      kept,
      'tool_result',
      { ...CALL, status: approved ? 'done' : 'rejected', output: approved ? 'a file' : null, error: approved ? null : 'denied' },
      runId,
    );
    served.conversations.end(runId, 'completed', approved ? 'There is a file.' : 'I may not look.');
    return done;
  };
}

async function run(agent: HttpAgent, parameters: Parameters<HttpAgent['runAgent']>[0] = {}): Promise<BaseEvent[]> {
  const events: BaseEvent[] = [];
  await agent.runAgent(parameters, { onEvent: ({ event }) => void events.push(event) });
  return events;
}

it('tells a run in whole messages, calls and thoughts, whatever of it was heard live', async () => {
  served.conversations.onRun = talkative;
  const body = input();

  const events = eventsIn(await recorded(body));

  expect(events[0]).toEqual({ type: 'RUN_STARTED', threadId: body.threadId, runId: body.runId, protocolVersion: '1.0' });
  expect(events.map(({ type }) => type)).toEqual([
    ...[
      'RUN_STARTED',
      'REASONING_START',
      'REASONING_MESSAGE_START',
      'REASONING_MESSAGE_CONTENT',
      'REASONING_MESSAGE_CONTENT',
      'REASONING_MESSAGE_END',
      'REASONING_END',
    ],
    ...['TEXT_MESSAGE_START', 'TEXT_MESSAGE_CONTENT', 'TEXT_MESSAGE_END', 'TOOL_CALL_START', 'TOOL_CALL_ARGS', 'TOOL_CALL_END', 'TOOL_CALL_RESULT'],
    ...['TEXT_MESSAGE_START', 'TEXT_MESSAGE_CONTENT', 'TEXT_MESSAGE_CONTENT', 'TEXT_MESSAGE_END', 'RUN_FINISHED'],
  ]);
  expect(events.at(-1)).toMatchObject({
    outcome: { type: 'success' },
    result: 'There is one file.',
    usage: [{ inputTokens: 3, outputTokens: 2, totalTokens: 5 }],
  });
});

onPython(
  'passes the validator with streams of every kind',
  async () => {
    served.conversations.onRun = talkative;
    expect(await validate('-')(await recorded(input()))).toEqual(CLEAN);

    const [questionId, threadId] = [newHash(), randomUUID()];
    asking(questionId);
    expect(await validate('-')(await recorded(input({ threadId })))).toEqual(CLEAN);
    expect(
      await validate('-')(
        await recorded(input({ threadId, messages: [], resume: [{ interruptId: questionId, status: 'resolved', payload: { approved: true } }] })),
      ),
    ).toEqual(CLEAN);

    served.conversations.onRun = (failing) => served.conversations.end(failing.runId, 'failed', null);
    expect(await validate('-')(await recorded(input()))).toEqual(CLEAN);
    served.conversations.onRun = (stopped) => served.conversations.end(stopped.runId, 'cancelled', null);
    expect(await validate('-')(await recorded(input()))).toEqual(CLEAN);
  },
  120_000,
);

onPython(
  'finds something in a stream that is not as it should be, so that passing means something',
  async () => {
    const text = (await recorded(input())).replace(/^data: \{"type":"TEXT_MESSAGE_START".*\n\n/m, '');

    expect((await validate('-')(text)).exitCode).toBe(1);
  },
  60_000,
);

onPython(
  'passes the validator when that runs an agent itself',
  async () => {
    expect(await validate(address(), '--timeout', '30')()).toEqual(CLEAN);
  },
  60_000,
);

it('runs for the protocol’s own client, which keeps what was said', async () => {
  served.conversations.onRun = talkative;
  const agent = new HttpAgent({ url: address(), threadId: randomUUID(), initialMessages: [{ id: 'm1', role: 'user', content: 'Look around' }] });

  const events = await run(agent);

  expect(events.at(-1)?.type).toBe(EventType.RUN_FINISHED);
  expect(agent.messages.filter(({ role }) => role !== 'reasoning').map(({ role, content }) => [role, content])).toEqual([
    ...[
      ['user', 'Look around'],
      ['assistant', 'Let me see.'],
    ],
    ...[
      ['tool', '{"files":1}'],
      ['assistant', 'There is one file.'],
    ],
  ]);
});

it.each([
  ['approves', 'resolved', { approved: true }, 'There is a file.', true],
  ['denies', 'resolved', { approved: false, comment: 'no' }, 'I may not look.', false],
  ['calls off', 'cancelled', undefined, 'I may not look.', false],
] as const)('asks as an interrupt, and goes on when somebody %s', async (_name, status, payload, answer, approve) => {
  const questionId = newHash();
  asking(questionId);
  const agent = new HttpAgent({ url: address(), threadId: randomUUID(), initialMessages: [{ id: 'm1', role: 'user', content: 'Look around' }] });
  const asked = (await run(agent)).at(-1) as RunFinishedEvent;
  expect(asked.outcome).toMatchObject({
    type: 'interrupt',
    interrupts: [{ id: questionId, toolCallId: 'call-1', message: 'May shell act? It may.', responseSchema: { required: ['approved'] } }],
  });

  const after = await run(agent, { resume: [{ interruptId: questionId, status, ...(payload && { payload }) }] });

  expect(after.map(({ type }) => type).slice(0, 2)).toEqual(['RUN_STARTED', 'MESSAGES_SNAPSHOT']);
  expect(after.at(-1)).toMatchObject({ type: 'RUN_FINISHED', outcome: { type: 'success' }, result: answer });
  expect(served.conversations.asked.find(({ what }) => what === 'answer')?.request).toMatchObject({ approve, proposalId: questionId });
});

it('follows what a run id began when it comes again, and says the second thing in the same thread', async () => {
  const body = input();
  const once = eventsIn(await recorded(body));
  expect(eventsIn(await recorded(body))).toEqual(once);
  expect(served.conversations.threadRuns).toHaveLength(1);

  const more = {
    ...body,
    runId: randomUUID(),
    messages: [...body.messages, { id: 'm2', role: 'assistant', content: 'Hello.' }, { id: 'm3', role: 'user', content: [{ type: 'text', text: 'And now?' }] }],
  };
  await recorded(more);
  expect(served.conversations.asked.at(-1)?.request).toMatchObject({ threadId: body.threadId, messages: [{ role: 'user', text: 'And now?' }] });
});

it('takes any name of a thread, and the same name for the same thread', async () => {
  const threadId = 'my thread: ünïcode / slashes';
  await recorded(input({ threadId }));
  await recorded(input({ threadId }));

  expect(served.conversations.kept.map(({ thread }) => thread.id)).toEqual([expect.stringMatching(/^thr_[0-9a-f]{32}$/)]);
});

it.each([
  ['nothing that is said', { messages: [] }, 'messages'],
  ['a picture', { messages: [{ id: 'm1', role: 'user', content: [{ type: 'image', source: {} }] }] }, 'messages.0.content.0.type'],
  ['an answer that nobody asked for', { messages: [], resume: [{ interruptId: 'x', status: 'resolved', payload: true }] }, 'resume.0.interruptId'],
  ['a body without a thread', { threadId: undefined }, 'threadId'],
])('refuses %s and names the field', async (_name, more, field) => {
  const body = input(more);
  if ('resume' in more) served.conversations.add({ id: body.threadId });
  const answer = await served.call('POST', '/agents/helper', body, {}, '/ag-ui');

  expect([answer.status, answer.body.code, answer.body.field]).toEqual([422, 'request.invalid', field]);
});
