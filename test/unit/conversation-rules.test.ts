/** The rules of conversations: what holds a thread, what waits, who publishes, what a model is told, what is imported. */
import fc from 'fast-check';
import { AgentDefinition } from '../../src/contracts/conversation/agent';
import { PAYLOAD_MAX, type ExportedEvent } from '../../src/contracts/conversation/events';
import { IMPORT_EVENTS_MAX } from '../../src/contracts/conversation/ports';
import { QUEUE_MAX } from '../../src/contracts/conversation/commands';
import type { NewEvent, Received, RecordedEvent } from '../../src/contracts/actor';
import { maySee } from '../../src/domain/conversation/access';
import { activityOf } from '../../src/domain/conversation/activity';
import { choiceOfAgent, grantOfAgent } from '../../src/domain/conversation/agent-run';
import { compactionStarted, decideConversation } from '../../src/domain/conversation/decide';
import { evolveConversation } from '../../src/domain/conversation/evolve';
import { importedThread } from '../../src/domain/conversation/imported';
import { measureOf, nextStep } from '../../src/domain/conversation/next-step';
import { describeConversation } from '../../src/domain/conversation/project';
import { assertPublishes, checkPublished } from '../../src/domain/conversation/publishing';
import { plainSummary, saidIn, TURNS_CHARS_MAX, turnsOf } from '../../src/domain/conversation/said';
import { openConversation, rolloutAfter, type ConversationState } from '../../src/domain/conversation/state';
import { readConfig } from '../../src/config/config';

const AT = '2026-01-01T00:00:00.000Z';
const by = { subject: 'ada', via: 'api' } as const;
const opened = openConversation({ id: 'thr_1', tenant: 'default', agentId: 'agt_1', title: 'a thread', rolloutId: 'rol_1', by, createdAt: AT });

let seq = 0;
const recorded = (event: NewEvent): RecordedEvent => ({ ...event, seq: ++seq, at: AT, by, requestId: null });
const command = (name: string, input: unknown = {}): Received => ({ name, input, requestId: `r-${name}`, by, at: AT });
const run = (runId: string, more: object = {}) => ({
  ...{ runId, inputRef: 'a'.repeat(64), agent: { id: 'agt_1', slug: 'a', version: 1 }, executionMode: 'in_sandbox', autoCompactTokens: null, keyId: null },
  ...{ whenBusy: 'refuse', ...more },
});

/** Says a command, and what became of the state. */
function said(state: ConversationState, name: string, input: unknown = {}) {
  const { events, reply } = decideConversation(state, command(name, input));
  return { events, reply, state: events.map(recorded).reduce(evolveConversation, state) };
}
const after = (state: ConversationState, ...events: readonly NewEvent[]): ConversationState => events.map(recorded).reduce(evolveConversation, state);
const ended = (runId: string, status = 'completed'): NewEvent => ({
  type: 'run_ended',
  data: { runId, rolloutId: 'rol_1', status, error: null, published: false },
});

describe('what holds a thread', () => {
  const running = said(opened, 'startRun', run('r1')).state;

  it('is the run that was started; another one is refused with it, and the same one is known', () => {
    expect(running.holder).toEqual({ kind: 'run', id: 'r1', since: AT });
    expect(() => said(running, 'startRun', run('r2'))).toThrow(expect.objectContaining({ code: 'conversation.busy', facts: { holder: running.holder } }));
    expect(said(running, 'startRun', run('r1'))).toMatchObject({ events: [], reply: { position: 0 } });
  });

  it('is given up at the end of the run, and taken by what is next in the queue', () => {
    const queued = said(running, 'startRun', run('r2', { whenBusy: 'queue' }));
    expect(queued.reply).toMatchObject({ position: 1 });
    const free = after(queued.state, ended('r1'));
    expect(nextStep(free, '')).toBe('start_next');
    // Who comes in this moment does not overtake the one that waits.
    expect(() => said(free, 'startRun', run('r3'))).toThrow(expect.objectContaining({ code: 'conversation.busy' }));
    expect(said(free, 'startRun', run('r3', { whenBusy: 'queue' })).reply).toMatchObject({ position: 2 });
  });

  it('has a queue with an end', () => {
    const full = Array.from({ length: QUEUE_MAX }, (_, n) => n).reduce(
      (state, n) => said(state, 'startRun', run(`q${n}`, { whenBusy: 'queue' })).state,
      running,
    );
    expect(() => said(full, 'startRun', run('one-more', { whenBusy: 'queue' }))).toThrow(
      expect.objectContaining({ code: 'conversation.queue_full', kind: 'exhausted', facts: { max: QUEUE_MAX } }),
    );
  });

  it('is cancelled by one that interrupts, which is the next', () => {
    const waiting = said(running, 'startRun', run('r2', { whenBusy: 'queue' })).state;
    const { state, events } = said(waiting, 'startRun', run('r3', { whenBusy: 'interrupt' }));
    expect(events.map(({ type }) => type)).toEqual(['run_cancel_requested', 'run_queued']);
    expect(state.queue.map(({ runId }) => runId)).toEqual(['r3', 'r2']);
  });

  it('is a local run until its publisher says the end, or somebody cancels it', () => {
    const local = said(opened, 'startRun', run('l1', { executionMode: 'local-mac' })).state;
    expect(nextStep(local, '')).toBe('rest');
    expect(said(local, 'endLocalRun', { runId: 'l1', status: 'completed' }).state.holder).toBeNull();
    expect(said(local, 'endLocalRun', { runId: 'other', status: 'completed' }).events).toEqual([]);
    expect(said(local, 'cancelRun').events.map(({ type }) => type)).toEqual(['run_cancel_requested', 'run_ended']);
  });

  it('cannot be a compaction while something runs or nothing was said', () => {
    expect(() => said(running, 'compact')).toThrow(expect.objectContaining({ code: 'conversation.busy' }));
    expect(() => said(opened, 'compact')).toThrow(expect.objectContaining({ code: 'conversation.nothing_to_compact' }));
    const { state } = said(after(running, ended('r1')), 'compact');
    expect(state.holder).toMatchObject({ kind: 'compaction', id: 'cmp_1' });
    expect(() => said(state, 'startRun', run('r2'))).toThrow(expect.objectContaining({ code: 'conversation.busy' }));
  });

  it('opens another rollout after each compaction, whose names never repeat', () => {
    const names = [opened.rolloutId];
    let state = after(opened, { type: 'run_started', data: { ...run('r'), rolloutId: 'rol_1' } }, ended('r'));
    for (let n = 0; n < 3; n++) {
      state = after(state, compactionStarted(state, 'automatic'));
      const rolloutId = rolloutAfter(state);
      state = after(state, {
        type: 'compaction_completed',
        data: { compactionId: `cmp_${n + 1}`, fromRolloutId: state.rolloutId, rolloutId, summaryRef: 'x' },
      });
      names.push(state.rolloutId);
    }
    expect(new Set(names).size).toBe(4);
  });
});

it('a deleted thread takes no more commands, drops its queue, and is erased once nothing runs', () => {
  const running = said(said(opened, 'startRun', run('r1')).state, 'startRun', run('r2', { whenBusy: 'queue' })).state;
  const { state } = said(running, 'delete');
  expect(state).toMatchObject({ deleted: true, queue: [] });
  expect(nextStep(state, '')).toBe('run');
  expect(nextStep(after(state, ended('r1', 'cancelled')), '')).toBe('erase');
  for (const name of ['startRun', 'rename', 'compact', 'archive', 'cancelRun'])
    expect(() => decideConversation(state, command(name, run('r3')))).toThrow(expect.objectContaining({ code: 'conversation.deleted' }));
  expect(said(state, 'delete').events).toEqual([]);
});

it('a rollout is measured once after each run of an agent that compacts by itself', () => {
  const state = after(opened, { type: 'run_started', data: { ...run('r', { autoCompactTokens: 10 }), rolloutId: 'rol_1' } }, ended('r'));
  expect(nextStep(state, '')).toBe('measure');
  expect(nextStep(state, measureOf(state))).toBe('rest');
  expect(nextStep(after(opened, { type: 'run_started', data: { ...run('r'), rolloutId: 'rol_1' } }, ended('r')), '')).toBe('rest');
});

it('whatever is said in whatever order: one thing holds a thread, the queue has its bound, and no run is in two places', () => {
  const step = fc.oneof(
    fc.record({
      name: fc.constant('startRun'),
      input: fc.record({ id: fc.nat(9), whenBusy: fc.constantFrom('refuse', 'queue', 'interrupt'), executionMode: fc.constantFrom('in_sandbox', 'local-mac') }),
    }),
    fc.record({ name: fc.constantFrom('cancelRun', 'compact', 'end', 'next', 'compacted'), input: fc.constant({}) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      let state = opened;
      for (const { name, input } of steps) {
        try {
          state = told(state, name, input as { readonly id?: number });
        } catch (thrown) {
          expect(thrown).toMatchObject({ code: expect.stringMatching(/^conversation\./) as string });
        }
        const ids = [...(state.run ? [state.run.runId] : []), ...state.queue.map(({ runId }) => runId)];
        expect(new Set(ids).size).toBe(ids.length);
        expect(state.queue.length).toBeLessThanOrEqual(QUEUE_MAX);
        expect(state.run !== null).toBe(state.holder !== null && state.holder.kind !== 'compaction');
        expect(describeConversation(state)).toContain(state.rolloutId);
      }
    }),
  );
});

function told(state: ConversationState, name: string, input: { readonly id?: number }): ConversationState {
  switch (name) {
    case 'startRun':
      return said(state, name, { ...run(`r${input.id ?? 0}`), ...input, id: undefined }).state;
    case 'end':
      return state.run ? after(state, ended(state.run.runId)) : state;
    case 'next':
      return nextStep(state, '') === 'start_next' ? after(state, { type: 'run_started', data: { ...state.queue[0], rolloutId: state.rolloutId } }) : state;
    case 'compacted':
      return state.holder?.kind === 'compaction'
        ? after(state, { type: 'compaction_failed', data: { compactionId: state.holder.id, rolloutId: state.rolloutId, error: { code: 'x', message: 'x' } } })
        : state;
    default:
      return said(state, name).state;
  }
}

describe('what is published', () => {
  const place = { threadId: 'thr_1', runId: 'r1', rolloutId: 'rol_1' };
  const holder = { kind: 'local_run', id: 'r1', since: AT } as const;

  it('comes from the local run that holds the thread, for the active rollout, before its end', () => {
    expect(() => assertPublishes(place, { holder, rolloutId: 'rol_1', ended: false })).not.toThrow();
    const code = (more: object) => () => assertPublishes(place, { holder, rolloutId: 'rol_1', ended: false, ...more });
    expect(code({ holder: { ...holder, kind: 'compaction' } })).toThrow(expect.objectContaining({ code: 'conversation.busy' }));
    expect(code({ holder: { ...holder, id: 'r2' } })).toThrow(expect.objectContaining({ code: 'conversation.busy' }));
    expect(code({ rolloutId: 'rol_2' })).toThrow(expect.objectContaining({ code: 'conversation.rollout_inactive' }));
    expect(code({ ended: true })).toThrow(expect.objectContaining({ code: 'conversation.run_not_active' }));
    expect(code({ holder: null })).toThrow(expect.objectContaining({ code: 'conversation.run_not_active' }));
  });

  it('ends with run_completed, which says how, and has a bound', () => {
    const end = { type: 'run_completed', payload: { status: 'failed', error: { code: 'x', message: 'y' } } } as const;
    const message = { type: 'user_message', payload: { text: 'x' } } as const;
    expect(() => checkPublished([message, end])).not.toThrow();
    expect(() => checkPublished([end, message])).toThrow(expect.objectContaining({ facts: expect.objectContaining({ field: 'events.0' }) as object }));
    expect(() => checkPublished([{ type: 'run_completed', payload: { status: 'odd' } }])).toThrow(expect.objectContaining({ kind: 'invalid' }));
    expect(() => checkPublished([{ type: 'user_message', payload: 'x'.repeat(PAYLOAD_MAX) }])).toThrow(expect.objectContaining({ kind: 'invalid' }));
  });
});

describe('what a model is told', () => {
  let sequence = 0;
  const message = (type: 'user_message' | 'assistant_message', text: string) => ({ type, payload: { text }, sequence: ++sequence });

  it('is what was said, and nothing of the rest', () => {
    const started = { type: 'run_started' as const, payload: { text: 'no' }, sequence: 0 };
    const events = [message('user_message', 'a'), started, message('assistant_message', 'b')];
    expect(turnsOf(events)).toEqual([
      { role: 'user', text: 'a' },
      { role: 'assistant', text: 'b' },
    ]);
    expect(saidIn('user_message', { content: [{ type: 'text', text: 'one' }, { text: 'two' }] })).toBe('one\ntwo');
    expect(saidIn('user_message', 7)).toBeNull();
  });

  it('has a bound: the newest messages, and always the summary that stands for what was before', () => {
    const long = Array.from({ length: 10 }, (_, n) => message('user_message', `${n}`.repeat(TURNS_CHARS_MAX / 4)));
    const turns = turnsOf([{ type: 'compaction_completed', payload: { summary: 'the summary' }, sequence: 0 }, ...long]);
    expect(turns[0]?.text).toContain('the summary');
    expect(turns.slice(1).map(({ text }) => text[0])).toEqual(['7', '8', '9']);
  });

  it('is summarised without a model by how it began and how it went on last', () => {
    const turns = Array.from({ length: 20 }, (_, n) => ({ role: n % 2 ? ('assistant' as const) : ('user' as const), text: `message ${n}` }));
    const summary = plainSummary(turns);
    expect(summary).toContain('20 messages, 10 of them from the user');
    expect(summary).toContain('user: message 0');
    expect(summary).toContain('assistant: message 19');
    expect(summary).toBe(plainSummary(turns));
  });
});

describe('an agent', () => {
  const parsed = (more: object) => AgentDefinition.parse({ slug: 'a', name: 'A', ...more });
  const limits = readConfig({}).runAuthority.grants;

  it('thinks with its model, by the bounds of the request before its own', () => {
    expect(choiceOfAgent(parsed({ model: 'openrouter/meta/llama', maxTokens: 10, topK: 3 }), { maxTokens: 5, temperature: 1 }, 'mock')).toMatchObject({
      ...{ provider: 'openrouter', model: 'meta/llama', max_tokens: 5, temperature: 1, top_k: 3, script: null },
    });
    expect(choiceOfAgent(parsed({}), {}, 'mock')).toMatchObject({ provider: 'mock', model: null });
  });

  it('without tools may use none; with some, what the server grants, and delegates only where it says so', () => {
    const context = { limits, tools: ['mark', 'delegate'], now: 0 };
    expect(grantOfAgent(parsed({}), context).tool_scopes).toEqual([]);
    expect(grantOfAgent(parsed({ tools: ['mark'] }), context)).toMatchObject({ tool_scopes: [{ tool: 'mark' }], delegation: { max_depth: 0 } });
    expect(grantOfAgent(parsed({ tools: ['*'] }), context).delegation.max_depth).toBe(limits.depth.default);
    expect(() => grantOfAgent(parsed({ tools: ['marc'] }), context)).toThrow(expect.objectContaining({ code: 'run.scope', kind: 'invalid' }));
  });
});

describe('what is imported', () => {
  const line = (sequence: number, more: Partial<ExportedEvent> = {}): ExportedEvent => ({
    ...{ sequence, rolloutId: 'rol_1', threadId: 'thr_1', runId: null, type: 'user_message', payload: { text: 'x' }, createdAt: AT },
    ...more,
  });

  it('is numbered anew, with its rollouts and runs', () => {
    const thread = importedThread([
      line(7, { runId: 'r1', type: 'run_started' }),
      line(9, { runId: 'r1', type: 'run_completed', payload: { status: 'cancelled' } }),
      line(12, { rolloutId: 'rol_2', runId: 'r2' }),
    ]);
    expect(thread.events.map(({ sequence }) => sequence)).toEqual([1, 2, 3]);
    expect(thread.rollouts).toMatchObject([
      { rolloutId: 'rol_1', completedAt: AT },
      { rolloutId: 'rol_2', completedAt: null },
    ]);
    // One whose end is missing was cut off.
    expect(thread.runs).toMatchObject([
      { runId: 'r1', status: 'cancelled' },
      { runId: 'r2', status: 'failed' },
    ]);
  });

  it('has a bound', () => {
    const many = Array.from({ length: IMPORT_EVENTS_MAX + 1 }, (_, n) => line(n + 1));
    expect(() => importedThread(many)).toThrow(expect.objectContaining({ code: 'conversation.import_too_large' }));
  });
});

it('a thread is seen by its owner, and by who sees all', () => {
  const thread = { ownerUserId: 'ada' };
  expect(maySee({ subject: 'ada', scopes: ['agent:read'] }, thread)).toBe(true);
  expect(maySee({ subject: 'eve', scopes: ['agent:*'] }, thread)).toBe(false);
  expect(maySee({ subject: 'eve', scopes: ['admin'] }, thread)).toBe(true);
});

it('the journal reads as the activity of the thread', () => {
  const row = (type: string, data: Readonly<Record<string, unknown>>) => activityOf({ seq: 1, type, data, at: AT, by });
  expect(row('run_ended', { runId: 'r', status: 'failed', error: { code: 'x', message: 'no key' } })).toMatchObject({
    runId: 'r',
    severity: 'error',
    title: expect.stringContaining('no key') as string,
  });
  expect(row('renamed', { title: 'other' })).toMatchObject({ runId: null, severity: 'info', actorUserId: 'ada' });
});
