/** What scripts start and wait for, coding agents and executions, over journals that the test writes: what is told of a turn, what is started once, what is stopped. */
import type { RecordedEvent } from '../../../src/contracts/actor';
import type { Json } from '../../../src/contracts/pattern/json';
import type { ScriptTool, ScriptToolContext } from '../../../src/contracts/script/tools';
import { executeTool, patternTool, type EndedExecution, type PatternsOfScripts } from '../../../src/script-tools/patterns';
import { threadTools, type ThreadsOfScripts } from '../../../src/script-tools/threads';

const context = (signal = new AbortController().signal): ScriptToolContext => ({
  ...{ tenant: 'default', threadId: 'thr_1', key: 'thr_1-key', by: { subject: 'ada', via: 'api' }, signal, keep: null as never, bytesOf: null as never },
});
type Event = readonly [type: string, data: Record<string, unknown>];
const COMPLETE = (requestId: string | null, output: string): Event => [
  'thread_turn_complete',
  { requestId, output, completion: { summary: `${output}!` }, confidence: null, durationMs: 5 },
];
const BLOCKED: Event = ['thread_blocked', { autoResponded: false, promptInfo: { id: 'ask-1', kind: 'question', text: 'Which one?' } }];

/** Threads whose journal is given; `done` has what was asked of them. */
function threadsWith(events: readonly Event[], { hangs = false } = {}): { readonly port: ThreadsOfScripts; readonly done: unknown[][] } {
  const done: unknown[][] = [];
  const note =
    (name: string) =>
    (...args: unknown[]): Promise<never> => (done.push([name, ...args]), Promise.resolve('mt_1' as never));
  return {
    done,
    port: {
      ...{ spawn: note('spawn'), send: note('send'), answer: note('answer'), interrupt: note('interrupt'), stop: note('stop') },
      find: () => Promise.resolve({ status: 'ready' }),
      async *follow(_tenant, _id, after, signal) {
        for (const [at, [type, data]] of events.entries()) if (at + 1 > after) yield { type, data, seq: at + 1 } as RecordedEvent;
        if (hangs && !signal.aborted) await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
      },
    },
  };
}
const tool = (port: ThreadsOfScripts, name: string): ScriptTool => threadTools(port).find(({ definition }) => definition.name === name)!;
const START: Json = { agent_type: 'codex', objective: 'Fix it.' };

describe('a coding agent', () => {
  it('is started under the key of the call, for the thread, and its turn waited for', async () => {
    const { port, done } = threadsWith([['thread_turn_started', { requestId: null, kind: 'objective' }], COMPLETE(null, 'Fixed')]);

    const outcome = await tool(port, 'start').perform({ ...(START as object), approval_preset: 'readonly', workspace: { repo: 'a/b' } }, context());

    expect(outcome).toEqual({ output: { thread_id: 'mt_1', status: 'complete', text: 'Fixed', summary: 'Fixed!', confidence: null }, executionId: 'mt_1' });
    expect(done).toEqual([
      [
        'spawn',
        expect.objectContaining({ tenant: 'default', by: { subject: 'ada', via: 'api' } }),
        'thr_1-key',
        {
          executionId: 'thr_1',
          agentType: 'codex',
          objective: 'Fix it.',
          name: 'agent of a script',
          preparation: { workspace: { repo: 'a/b' }, approvalPreset: 'readonly' },
        },
      ],
    ]);
  });

  it('that asks tells its question, and goes on from there when it is answered', async () => {
    const queued: Event = ['thread_input_queued', { requestId: 'thr_1-key' }];
    const before = [BLOCKED, ['thread_answered', { askId: 'ask-1' }] as Event];
    const events = [...before, queued, ['thread_turn_started', { requestId: 'thr_1-key' }] as Event, BLOCKED];
    const { port } = threadsWith(events);

    const { output } = await tool(port, 'send').perform({ thread_id: 'mt_1', message: 'Go on' }, context());

    const turn = { request_id: 'thr_1-key', after: 5, ask_id: 'ask-1' };
    expect(output).toEqual({ thread_id: 'mt_1', status: 'blocked', text: 'Which one?', ask: { id: 'ask-1', kind: 'question', text: 'Which one?' }, turn });

    const later = threadsWith([...events, ['thread_answered', { askId: 'ask-1' }], COMPLETE('thr_1-key', 'Done')]);
    const answered = await tool(later.port, 'answer').perform({ thread_id: 'mt_1', text: 'The first', turn }, { ...context(), key: 'other' });
    expect(answered.output).toMatchObject({ status: 'complete', text: 'Done' });
    expect(later.done).toEqual([['answer', expect.anything(), 'mt_1', { text: 'The first', askId: 'ask-1' }, 'other']]);
  });

  it.each([
    [['thread_failed', { error: 'It crashed.' }] as Event, { status: 'ended', ended: 'failed', text: 'It crashed.' }],
    [['thread_session_lost', { reason: 'gone', turn: { requestId: null, outcome: 'unknown' } }] as Event, { status: 'unknown', text: 'gone' }],
  ])('whose turn comes to nothing tells what became of it', async (event, told) => {
    expect((await tool(threadsWith([event]).port, 'start').perform(START, context())).output).toMatchObject(told);
  });

  it('is stopped when the script is cancelled, and left alone when a worker stops', async () => {
    const stopping = async (reason: Error) => {
      const { port, done } = threadsWith([], { hangs: true });
      const call = new AbortController();
      const work = tool(port, 'start').perform(START, context(call.signal));
      work.catch(() => undefined);
      call.abort(reason);
      await expect(work).rejects.toBe(reason);
      return done.map(([name]) => name);
    };

    expect(await stopping(new Error('CANCELLED'))).toEqual(['spawn', 'stop']);
    expect(await stopping(new Error('WORKER_SHUTDOWN'))).toEqual(['spawn']);
  });

  it('is not waited for where nobody wants that', async () => {
    const { port } = threadsWith([], { hangs: true });

    expect((await tool(port, 'start').perform({ ...(START as object), wait: false }, context())).output).toEqual({ thread_id: 'mt_1', status: 'started' });
    expect((await tool(port, 'status').perform({ thread_id: 'mt_1' }, context())).output).toEqual({ thread_id: 'mt_1', status: 'ready' });
  });

  it('that is stopped has ended when the step has', async () => {
    const { port, done } = threadsWith([COMPLETE(null, 'x'), ['thread_stopped', { reason: 'enough' }]], { hangs: true });

    expect((await tool(port, 'stop').perform({ thread_id: 'mt_1', reason: 'enough' }, context())).output).toEqual({ thread_id: 'mt_1', status: 'ready' });
    expect(done).toEqual([['stop', expect.anything(), 'mt_1', 'enough', 'thr_1-key']]);
  });

  it('is answered in one way', () => {
    const answer = tool(threadsWith([]).port, 'answer');

    expect(answer.misfit({ thread_id: 'mt_1', text: 'a', approve: true })).toMatch(/expected one of text, option and approve/);
    expect(answer.misfit({ thread_id: 'mt_1', option: 2 })).toBeNull();
  });
});

describe('a pattern', () => {
  function patternsThat(end: (signal: AbortSignal) => Promise<EndedExecution>): { readonly port: PatternsOfScripts; readonly done: unknown[][] } {
    const done: unknown[][] = [];
    return {
      done,
      port: {
        start: (...args) => (done.push(['start', ...args.slice(1)]), Promise.resolve('exec_1')),
        end: (_tenant, _id, signal) => end(signal),
        cancel: (...args) => (done.push(['cancel', ...args.slice(1)]), Promise.resolve()),
        list: () => Promise.resolve([]),
      },
    };
  }
  const ended = (status: EndedExecution['status'], error: string | null = null): EndedExecution => ({ status, result: { sum: 3 }, confidence: 0.9, error });

  it('is executed under the key of the call, and gives its result', async () => {
    const { port, done } = patternsThat(() => Promise.resolve(ended('completed')));

    const outcome = await executeTool(port).perform({ pattern: 'sum', input: { a: 1 }, timeout_seconds: 2 }, context());

    expect(outcome).toEqual({ output: { execution_id: 'exec_1', status: 'completed', result: { sum: 3 }, confidence: 0.9 }, executionId: 'exec_1' });
    expect(done).toEqual([['start', 'thr_1-key', { pattern: 'sum', version: null, input: { a: 1 }, timeoutMs: 2_000 }]]);
  });

  it('by its own name takes its input as arguments', async () => {
    const { port, done } = patternsThat(() => Promise.resolve(ended('completed')));
    const own = patternTool(port, { name: 'sum-up', description: 'Sums.' });

    await own.perform({ a: 1 }, context());

    expect(own.definition.name).toBe('sum_up');
    expect(done).toEqual([['start', 'thr_1-key', { pattern: 'sum-up', version: null, input: { a: 1 }, timeoutMs: null }]]);
  });

  it.each([
    [ended('failed', 'No agent.'), 'failed: No agent.'],
    [ended('cancelled'), 'was cancelled'],
  ])('that does not complete fails the step', async (end, words) => {
    const { port } = patternsThat(() => Promise.resolve(end));

    await expect(executeTool(port).perform({ pattern: 'sum' }, context())).rejects.toMatchObject({
      ...{ code: 'script_tool.execution_failed', message: expect.stringContaining(words), facts: { executionId: 'exec_1' } },
    });
  });

  it('is cancelled with the script', async () => {
    const { port, done } = patternsThat(
      (signal) => new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true })),
    );
    const call = new AbortController();
    const work = executeTool(port).perform({ pattern: 'sum' }, context(call.signal));
    work.catch(() => undefined);
    await Promise.resolve();

    call.abort(new Error('CANCELLED'));

    await expect(work).rejects.toThrow('CANCELLED');
    expect(done.at(-1)).toEqual(['cancel', 'exec_1', 'The script was cancelled.', 'thr_1-key-cancel']);
  });
});
