/** The choice between the doors, on a client of our own; test/actor has the same over a real Temporal server. */
import { WorkflowNotFoundError, WorkflowUpdateFailedError, WorkflowUpdateRPCTimeoutOrCancelledError, type Client } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { LIMITS } from '../../src/contracts/actor';
import { cancel, send } from '../../src/contracts/managed-thread/commands';
import { Fault } from '../../src/errors/fault';
import { Doors, requestIdOf } from '../../src/gateway/doors';

const ADDRESS = 'managed-thread/thr_1';
const CALL = { input: { message: { text: 'hello' } }, requestId: 'm-1', by: { subject: 'person', via: 'api' as const } };
const GRPC = { cancelled: 1, deadline: 4, notFound: 5, exhausted: 8, failedPrecondition: 9, aborted: 10, unavailable: 14 };

const grpc = (code: number): Error => Object.assign(new Error('grpc'), { code, details: '', metadata: {} });
const gone = () => new WorkflowNotFoundError('gone', ADDRESS, undefined);
/** As it arrives: the failure crossed Temporal and is no Fault any more. */
const refused = (fault: Fault) =>
  new WorkflowUpdateFailedError(
    'refused',
    ApplicationFailure.create({ message: fault.message, type: fault.code, details: [{ kind: fault.kind, facts: fault.facts }] }),
  );

interface Script {
  /** What the update door does, time after time; the last one stays. */
  readonly update: readonly (unknown | Error)[];
  readonly signal?: Error;
  readonly status?: string | Error;
  /** What became of an update of this id before the workflow was over; gone unless told. */
  readonly earlier?: unknown;
}

function client({ update, signal, status = 'RUNNING', earlier = gone() }: Script) {
  const calls: unknown[][] = [];
  const answer = (value: unknown) => (value instanceof Error ? Promise.reject(value) : Promise.resolve(value));
  let updates = 0;
  const handle = {
    executeUpdate: (...args: unknown[]) => {
      calls.push(['update', ...args]);
      return answer(update[Math.min(updates++, update.length - 1)]);
    },
    signal: (...args: unknown[]) => {
      calls.push(['signal', ...args]);
      return answer(signal);
    },
    getUpdateHandle: () => ({ result: () => answer(earlier) }),
    describe: () => answer(status instanceof Error ? status : { status: { name: status } }),
  };
  const fake = { workflow: { getHandle: () => handle }, withDeadline: (_at: number, call: () => unknown) => call() };
  return { doors: new Doors(fake as unknown as Client, { updateDeadlineMs: 200, signalDeadlineMs: 200 }), calls };
}

const fault = (thrown: Promise<unknown>) =>
  thrown.then(
    () => null,
    (error: unknown) => error as Fault,
  );

describe('a request id', () => {
  it('is the key of the client as long as it fits, else its hash', () => {
    const longest = 'k'.repeat(LIMITS.requestId);

    expect(requestIdOf('m-1')).toBe('m-1');
    expect(requestIdOf(longest)).toBe(longest);
    expect(requestIdOf(`${longest}k`)).toMatch(/^sha256-[0-9a-f]{64}$/);
    expect(requestIdOf(`${longest}k`)).toBe(requestIdOf(`${longest}k`));
    expect(requestIdOf(`${longest}k`)).not.toBe(requestIdOf(`${longest}l`));
  });
});

describe('the update door', () => {
  it('answers with the receipt; the request id is the id of the update', async () => {
    const { doors, calls } = client({ update: [{ seq: 7, position: 0 }] });

    expect(await doors.send(ADDRESS, send, CALL)).toEqual({ status: 'done', reply: { seq: 7, position: 0 } });
    expect(calls).toEqual([['update', 'send', { args: [{ requestId: 'm-1', by: CALL.by, input: CALL.input }], updateId: 'm-1' }]]);
  });

  it('is asked nothing when the input is wrong', async () => {
    const { doors, calls } = client({ update: [{}] });

    expect(await fault(doors.send(ADDRESS, send, { ...CALL, input: { raw: '' } }))).toMatchObject({ kind: 'invalid', code: 'send.invalid' });
    expect(calls).toEqual([]);
  });

  it('passes on what the actor refuses with, kind, code and facts, and does not try the other door', async () => {
    const { doors, calls } = client({ update: [refused(new Fault('exhausted', 'thread.queue_full', 'full', { max: 100 }))] });

    expect(await fault(doors.send(ADDRESS, send, CALL))).toMatchObject({ kind: 'exhausted', code: 'thread.queue_full', facts: { max: 100 } });
    expect(calls).toHaveLength(1);
  });

  it.each([
    ['a run that is not found', gone()],
    ['an update that failed without a verdict', new WorkflowUpdateFailedError('closed', new Error('workflow completed'))],
    ['an aborted call', grpc(GRPC.aborted)],
    ['a failed workflow task', grpc(GRPC.failedPrecondition)],
  ])('is tried again with the same id after %s, when the actor has only continued as new', async (_what, error) => {
    const { doors, calls } = client({ update: [error, error, { seq: 9, position: 1 }] });

    expect(await doors.send(ADDRESS, send, CALL)).toEqual({ status: 'done', reply: { seq: 9, position: 1 } });
    expect(calls.map(([door]) => door)).toEqual(['update', 'update', 'update']);
    expect(new Set(calls.map((call) => JSON.stringify(call))).size).toBe(1);
  });
});

describe('the signal door', () => {
  it.each([
    ['nobody answered in time', new WorkflowUpdateRPCTimeoutOrCancelledError('no worker')],
    ['the deadline passed', grpc(GRPC.deadline)],
    ['the call was cut off', grpc(GRPC.cancelled)],
    ['the server is not there', grpc(GRPC.unavailable)],
    ['too many updates are under way', grpc(GRPC.exhausted)],
  ])('takes the same command when %s', async (_why, error) => {
    const { doors, calls } = client({ update: [error] });

    expect(await doors.send(ADDRESS, send, CALL)).toEqual({ status: 'accepted' });
    expect(calls.at(-1)).toEqual(['signal', 'send', { requestId: 'm-1', by: CALL.by, input: CALL.input }]);
  });

  it('is not left open for ever: the caller hears that Temporal is away', async () => {
    const { doors } = client({ update: [grpc(GRPC.unavailable)], signal: grpc(GRPC.unavailable) });

    expect(await fault(doors.send(ADDRESS, cancel, { ...CALL, input: {} }))).toMatchObject({ kind: 'unavailable', code: 'temporal.unavailable' });
  });
});

describe('an actor that is not there', () => {
  it.each([
    ['never was', gone(), 'not_found', 'actor.not_found', {}],
    ['has ended', 'COMPLETED', 'conflict', 'actor.closed', { status: 'completed' }],
    ['cannot be asked about', grpc(GRPC.unavailable), 'unavailable', 'temporal.unavailable', {}],
  ] as const)('because it %s', async (_why, status, kind, code, facts) => {
    const { doors } = client({ update: [gone()], status });

    expect(await fault(doors.send(ADDRESS, send, CALL))).toMatchObject({ kind, code, facts });
  });

  it('has said before what it says to the same request id', async () => {
    const earlier = { seq: 7, position: 0 };
    const { doors } = client({ update: [gone()], status: 'COMPLETED', earlier });
    expect(await doors.send(ADDRESS, send, CALL)).toEqual({ status: 'done', reply: earlier });

    const full = refused(new Fault('conflict', 'thread.busy', 'busy', {}));
    expect(await fault(client({ update: [gone()], status: 'COMPLETED', earlier: full }).doors.send(ADDRESS, send, CALL))).toMatchObject({
      code: 'thread.busy',
    });
    const cutOff = client({ update: [gone()], status: 'TERMINATED', earlier });
    expect(await fault(cutOff.doors.send(ADDRESS, send, CALL))).toMatchObject({ code: 'actor.closed' });
  });
});

describe('telling', () => {
  const envelope = { requestId: 'm-1', by: CALL.by, input: {} };

  it('says whether the actor was there', async () => {
    expect(await client({ update: [] }).doors.tell(ADDRESS, cancel, envelope)).toBe(true);
    expect(await client({ update: [], signal: gone() }).doors.tell(ADDRESS, cancel, envelope)).toBe(false);
    expect(await client({ update: [], signal: grpc(GRPC.notFound) }).doors.tell(ADDRESS, cancel, envelope)).toBe(false);
  });

  it('fails when Temporal is away', async () => {
    expect(await fault(client({ update: [], signal: grpc(GRPC.unavailable) }).doors.tell(ADDRESS, cancel, envelope))).toMatchObject({
      code: 'temporal.unavailable',
    });
  });
});
