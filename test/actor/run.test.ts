/** Runs on a real Temporal server: the loop, its ends, people and cancellation. Model, tools and ledger exist only here. */
import type { Client, WorkflowHandleWithFirstExecutionRunId } from '@temporalio/client';
import { RUNS_QUEUE } from '../../src/contracts/run/activities';
import { approve, cancel, runAddress } from '../../src/contracts/run/commands';
import type { LoggedEvent } from '../../src/domain/run/session';
import { sessionOf } from '../../src/domain/run/session';
import type { RunOutcome, RunStart } from '../../src/contracts/run/start';
import type { RunState } from '../../src/domain/run/state';
import { reopenRun } from '../../src/domain/run/state';
import { Doors } from '../../src/gateway/doors';
import { startActorWorld, type ActorWorld } from '../support/actor-world';
import { until } from '../support/eventually';
import { cutOff, FakeRuns, runStart, untilCancelled } from '../support/fake-runs';
import { recordHistories } from '../support/record-histories';

let world: ActorWorld;
let client: Client;
let runs: FakeRuns;
const begun: WorkflowHandleWithFirstExecutionRunId[] = [];
const by = { subject: 'ada', via: 'api' } as const;

beforeAll(async () => {
  world = await startActorWorld();
  client = world.environment.client;
});
beforeEach(async () => {
  runs = new FakeRuns();
  await world.work({ activities: { ...runs.activities } });
  await world.work({ activities: { ...runs.activities }, workflows: false, taskQueue: RUNS_QUEUE });
});
afterEach(async () => {
  await recordHistories(expect.getState().currentTestName ?? '', begun.splice(0));
  await world.rest();
});
afterAll(() => world.stop());

async function begin(more: Partial<RunStart> = {}, carried?: object, historyMax?: number) {
  const start = runStart(more);
  const address = runAddress(start.tenant, start.id);
  const args = [start, ...(carried || historyMax ? [carried] : []), ...(historyMax ? [historyMax] : [])];
  const handle = await client.workflow.start('run', { workflowId: address, taskQueue: 'everthread', args });
  begun.push(handle);
  const events = () => world.journal.of(address);
  const state = () => world.journal.projections.get(address) as unknown as RunState | undefined;
  return { start, handle, address, events, state, types: () => events().map(({ type }) => type), result: () => handle.result() as Promise<RunOutcome> };
}
type Begun = Awaited<ReturnType<typeof begin>>;

const waits = (run: Begun): Promise<unknown> => until('it waits for an approval', () => run.state()?.status === 'waiting_approval');
const say = (address: string, input: Parameters<typeof approve.input.parse>[0], subject = 'ada', requestId = `${subject}-1`) =>
  new Doors(client).send(address, approve, { input: input as never, requestId, by: { subject, via: 'api' } });
const stop = (address: string) => new Doors(client).send(address, cancel, { input: { reason: 'enough' }, requestId: 'c-1', by });
const titles = (run: Begun): readonly string[] =>
  sessionOf({ run: run.state() as RunState, task: 't', finalAnswer: null, events: run.events() as readonly LoggedEvent[] }).log.map(({ title }) => title);

it('a run whose model intends nothing ends with its answer after one step', async () => {
  runs.script({ answer: 'mock cognition' });
  const run = await begin();

  expect(await run.result()).toMatchObject({ status: 'completed', terminatedBy: 'CognitionDone', finalAnswer: { value: 'mock cognition' } });
  expect(run.types()).toEqual(['run_created', 'step_started', 'usage_updated', 'run_completed']);
  expect(titles(run)).toEqual(['Runtime accepted task', 'Step 1 entered intent phase']);
  expect(runs.entries.map(({ type }) => type)).toEqual(['final_answer', 'usage']);
});

it('a run takes up the intents of a step in order, and tells each line of its log with its number', async () => {
  runs.script({ tools: ['kv_set', 'kv_get'], tokens: 10 }, { answer: 'done' });
  const run = await begin();

  expect(await run.result()).toMatchObject({ status: 'completed', used: { tokens: 10, tool_calls: 2 } });
  expect(titles(run).slice(1, 8)).toEqual([
    'Step 1 entered intent phase',
    ...[
      'Intent issued for kv_set',
      'Proposal staged for kv_set',
      'Execution started for kv_set',
      'Execution observed for kv_set',
      'Result committed for kv_set',
    ],
    'Intent issued for kv_get',
  ]);
  const numbers = run.events().flatMap(({ data }) => (typeof data['idx'] === 'number' ? [data['idx']] : []));
  expect(numbers).toEqual(numbers.map((_, at) => at + 1));
  expect(run.state()?.counters).toMatchObject({ steps_started: 2, intents_declared: 2, proposals_staged: 2, commits: 2 });
  expect(runs.executed.map(({ key }) => key)).toEqual(['0.0.0', '0.0.1']);
});

it('what was rejected or failed does not end a run, and the model is asked again', async () => {
  runs.script({ tools: ['a', 'b', 'c'] }, { answer: 'done' });
  runs.compile = ({ tool }) =>
    tool === 'a' ? { outcome: 'rejected', proposalId: null, reason: { kind: 'unknown_tool', detail: 'a' }, seq: 1 } : runs.staged();
  const outcomes = ['failed', 'unknown'] as const;
  runs.execute = ({ key }) => ({
    outcome: key.endsWith('1') ? outcomes[0] : outcomes[1],
    error: 'boom',
    seq: 2,
    cost: { tokens: 0, tool_calls: 1, wall_clock_ms: 1, usd_millicents: 0 },
  });
  const run = await begin();

  expect(await run.result()).toMatchObject({ status: 'completed' });
  expect(run.state()?.counters).toMatchObject({ rejections: 1, failures: 2, recoveries: 3, commits: 0 });
  expect(run.state()?.unknownEffects).toHaveLength(1);
  expect(run.events().find(({ type, data }) => type === 'step_started' && data['step'] === 1)?.data).toMatchObject({ fresh: 3 });
});

it.each([
  ['MaxStepsReached', { maxSteps: 2 }],
  ['MaxStepsReached', { maxSteps: 0 }],
  ['WritExpired', { expiresAt: 1 }],
  ['BudgetExhausted', { budget: { tokens: 15, tool_calls: 9, wall_clock_ms: 99_000, usd_millicents: 0 } }],
] as const)('a run that may go no further ends as %s (%#)', async (terminatedBy, more) => {
  runs.think = () => runs.says({ tools: ['kv_set'], tokens: 10 });
  const run = await begin(more);

  expect(await run.result()).toMatchObject({ status: 'failed', terminatedBy, finalAnswer: null });
  expect(runs.of('final_answer')).toMatchObject([{ text: null, terminated_by: terminatedBy }]);
});

it('a proposal that the budget has no room for ends the run', async () => {
  runs.script({ tools: ['shell', 'kv_get'] });
  runs.compile = () => ({ outcome: 'rejected', proposalId: null, reason: { kind: 'budget_exhausted', detail: 'tool_calls' }, seq: 1 });
  const run = await begin();

  expect(await run.result()).toMatchObject({ status: 'failed', terminatedBy: 'BudgetExhausted' });
  expect(run.state()?.counters.intents_declared).toBe(1);
});

it('a failing provider is asked three times more, and then the run ends with a sentence for people', async () => {
  runs.think = () => ({
    outcome: 'failed',
    error: { code: 'cognition.unavailable', message: '500' },
    retryInMs: 1,
    latencyMs: 1,
    sentence: 'The provider is down.',
  });
  const run = await begin();

  expect(await run.result()).toMatchObject({ status: 'failed', terminatedBy: 'Error', finalAnswer: { value: 'The provider is down.' } });
  expect(runs.thoughts.map(({ retry }) => retry)).toEqual([0, 1, 2, 3]);
  expect(titles(run).slice(2)).toEqual(['Retry 1 scheduled', 'Retry 2 scheduled', 'Retry 3 scheduled', 'Run failed']);
});

it('a proposal waits for as many different people as it needs, and executes under what they approved', async () => {
  runs.script({ tools: ['shell'] }, { answer: 'done' });
  runs.compile = () => runs.suspended('ops', 2);
  const run = await begin();
  await waits(run);

  await expect(say(run.address, { channel: 'other', approve: true })).rejects.toMatchObject({ code: 'run.no_pending_approval' });
  expect(await say(run.address, { channel: 'ops', approve: true })).toMatchObject({ reply: { approved: true, missing: 1, repeated: false } });
  expect(await say(run.address, { channel: 'ops', approve: false }, 'ada', 'ada-2')).toMatchObject({ reply: { approved: true, repeated: true } });
  expect(run.state()?.status).toBe('waiting_approval');
  await say(run.address, { channel: 'ops', proposal_id: run.state()?.pending?.proposalId, approve: true }, 'bob');

  expect(await run.result()).toMatchObject({ status: 'completed' });
  expect(runs.of('approval')).toMatchObject([{ approver: 'ada' }, { approver: 'bob' }]);
  expect(runs.executed).toMatchObject([{ approval: { channels: ['ops'] } }]);
  expect(titles(run)).toEqual(expect.arrayContaining(['Approval requested for shell', 'Approval granted for shell', 'Result committed for shell']));
});

it('a denial rejects the proposal, nothing is executed, and the run goes on', async () => {
  runs.script({ tools: ['shell'] }, { answer: 'then not' });
  runs.compile = () => runs.suspended();
  const run = await begin();
  await waits(run);
  await say(run.address, { channel: 'high-risk', approve: false, comment: 'too risky' });

  expect(await run.result()).toMatchObject({ status: 'completed', finalAnswer: { value: 'then not' } });
  expect(runs.executed).toEqual([]);
  expect(runs.of('rejection').at(-1)).toMatchObject({ reason: { kind: 'policy_denied', detail: "approval denied on channel 'high-risk' by ada: too risky" } });
});

it('an approval that nobody gives in the time that is configured is denied', async () => {
  runs.script({ tools: ['shell'] }, { answer: 'then not' });
  runs.compile = () => runs.suspended();
  const run = await begin({ approvalTimeoutMs: 20 });

  expect(await run.result()).toMatchObject({ status: 'completed' });
  expect(runs.of('approval')).toMatchObject([{ approver: 'everthread', approved: false }]);
});

it('cancelling interrupts a model call within a second, keeps the counters, and says who cancelled', async () => {
  runs.think = ({ step }) => (step === 0 ? runs.says({ tools: ['kv_set'] }) : untilCancelled());
  const run = await begin();
  await until('the second call is made', () => runs.thoughts.length === 2);
  const asked = Date.now();
  await stop(run.address);

  expect(await run.result()).toMatchObject({ status: 'cancelled', terminatedBy: 'Cancelled' });
  expect(Date.now() - asked).toBeLessThan(2_000);
  expect(run.state()?.counters).toMatchObject({ commits: 1, steps_started: 2 });
  expect(runs.entries.map(({ type }) => type)).toEqual(['cancel', 'final_answer', 'usage']);
  expect(runs.of('cancel')).toMatchObject([{ by: 'ada', reason: 'enough' }]);
});

it('cancelling interrupts a tool, and what became of it is told before the end', async () => {
  runs.script({ tools: ['shell', 'kv_set'] });
  runs.execute = () => cutOff('unknown');
  const run = await begin();
  await until('the tool is at work', () => runs.executed.length === 1);
  await stop(run.address);

  expect(await run.result()).toMatchObject({ status: 'cancelled' });
  expect(run.types().slice(-2)).toEqual(['execution_failed', 'run_cancelled']);
  expect(run.state()?.unknownEffects).toHaveLength(1);
  await expect(stop(run.address)).resolves.toMatchObject({ reply: { reason: 'enough' } });
});

it('cancelling ends the waiting for an approval', async () => {
  runs.script({ tools: ['shell'] });
  runs.compile = () => runs.suspended();
  const run = await begin();
  await waits(run);
  await stop(run.address);

  expect(await run.result()).toMatchObject({ status: 'cancelled' });
  expect(run.state()).toMatchObject({ pending: null, counters: { approvals_pending: 0 } });
});

it('a delegated run is a workflow of its own, whose answer and use count in the run that delegated', async () => {
  runs.think = ({ run, step }) =>
    step > 0 || run.runId === runs.children[0]?.id ? runs.says({ answer: `of ${run.runId}`, tokens: 5 }) : runs.says({ tools: ['delegate'] });
  runs.compile = () => runs.staged({ delegates: true });
  const run = await begin();

  expect(await run.result()).toMatchObject({ status: 'completed', used: { tokens: 10 } });
  const [child] = runs.children as [RunStart];
  expect(runs.of('delegation')).toMatchObject([{ child_trajectory_id: child.trajectoryId, final_answer: `of ${child.id}` }]);
  expect(run.events().find(({ type }) => type === 'delegation_ended')?.data).toMatchObject({ status: 'completed', childRunId: child.id, cost: { tokens: 5 } });
  expect(world.journal.projections.get(runAddress('default', child.id))).toMatchObject({ status: 'completed' });
});

it('cancelling a run cancels the run that it delegated to, and waits for its end', async () => {
  runs.think = ({ run }) => (run.runId === runs.children[0]?.id ? untilCancelled() : runs.says({ tools: ['delegate'] }));
  runs.compile = () => runs.staged({ delegates: true });
  const run = await begin();
  await until('the child thinks', () => runs.thoughts.length === 2);
  await stop(run.address);

  expect(await run.result()).toMatchObject({ status: 'cancelled' });
  expect(world.journal.projections.get(runAddress('default', runs.children[0]?.id ?? ''))).toMatchObject({ status: 'cancelled' });
  expect(run.types().slice(-2)).toEqual(['delegation_ended', 'run_cancelled']);
});

it('a run continues as new between steps and loses nothing', async () => {
  runs.think = ({ step }) => (step < 6 ? runs.says({ tools: ['kv_set'], tokens: 1 }) : runs.says({ answer: 'done' }));
  const run = await begin({}, undefined, 20);

  expect(await run.result()).toMatchObject({ status: 'completed', used: { tokens: 6, tool_calls: 6 } });
  const { continuedExecutionRunId } = (await client.workflow.getHandle(run.address).fetchHistory()).events?.[0]?.workflowExecutionStartedEventAttributes ?? {};
  expect(continuedExecutionRunId).toBeTruthy();
  expect(run.types().filter((type) => type === 'run_created')).toHaveLength(1);
  expect(run.state()?.counters).toMatchObject({ commits: 6, steps_started: 7 });
});

it('a run goes on after its end in the same journal, with steps of its own and what it used before', async () => {
  runs.think = () => runs.says({ tools: ['kv_set'], tokens: 4 });
  const run = await begin({ maxSteps: 1 });
  await run.result();
  const last = run.events().length;

  runs.script({ answer: 'now it is done' });
  const again = { ...run.start, attempt: 1, maxSteps: 2, writId: run.start.writId };
  const carried = { state: reopenRun(run.state() as RunState, again), seq: last, receipts: [], outbox: [], attributes: {} };
  const resumed = await begin(again, carried);

  expect(await resumed.result()).toMatchObject({ status: 'completed', used: { tokens: 4, tool_calls: 1 } });
  expect(resumed.types().slice(last)).toEqual(['run_resumed', 'step_started', 'usage_updated', 'run_completed']);
  expect(resumed.state()).toMatchObject({ currentStep: 2, maxSteps: 3, terminatedBy: 'CognitionDone' });
  expect(runs.of('resume')).toMatchObject([{ by: 'ada' }]);
  expect(runs.thoughts.at(-1)).toMatchObject({ step: 0, key: '1.1' });
});
