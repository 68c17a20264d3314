import { Targets } from '../../src/gateway/targets';
import { Fault } from '../../src/errors/fault';
import { planOf } from '../support/pattern-plans';

const by = { subject: 'schedule:sch_1', via: 'schedule' as const };
const input = { executionId: 'e', agentType: 'shell', name: 'n', objective: 'o' };

function targets() {
  const calls: unknown[] = [];
  const made = new Targets({
    threads: {
      spawn: (principal, body, options) => {
        calls.push({ spawn: { tenant: principal.tenant, subject: principal.subject, via: principal.via }, body, options });
        return Promise.resolve({ thread: { id: `thread-of-${options.idempotencyKey}` } });
      },
      send: (principal, id, message, options) => {
        calls.push({ send: principal.subject, id, message, options });
        return Promise.resolve();
      },
    },
    executions: {
      patternOf: (_principal, name) =>
        name === 'none'
          ? Promise.reject(new Fault('not_found', 'pattern.not_found', 'There is no such pattern.', { name }))
          : Promise.resolve({ name, version: '1.0.0', plan: planOf('input: { content: string }\nagents: { capabilities: [c], min: 1 }') }),
      start: (principal, request, options) => {
        calls.push({ execute: principal.subject, via: principal.via, request, options });
        return Promise.resolve({ execution: { id: `execution-of-${options.idempotencyKey}` } });
      },
    },
    runs: {
      checkRequest: (principal, request) => {
        calls.push({ check: principal.tenant, request });
        return Promise.resolve();
      },
      create: (principal, request, options) => {
        calls.push({ run: principal.subject, via: principal.via, request, options });
        return Promise.resolve({ run: { id: `run-of-${options.idempotencyKey}` } });
      },
    },
    scripts: {
      check: (principal, request) => {
        calls.push({ check: principal.tenant, request });
        return Promise.resolve();
      },
      create: (principal, request, options) => {
        calls.push({ script: principal.subject, via: principal.via, request, options });
        return Promise.resolve({ id: `script-of-${options.idempotencyKey}` });
      },
    },
    findThread: (tenant, id) => Promise.resolve(tenant !== 'acme' || id === 'thr_none' ? null : { status: id === 'thr_over' ? 'completed' : 'ready' }),
    agentTypes: () => Promise.resolve(['shell']),
  });
  return { made, calls };
}

it('spawns a thread under the key, for the tenant, as who was said to act', async () => {
  const { made, calls } = targets();

  const started = await made.start({ tenant: 'acme', target: { kind: 'managed-thread', input }, key: 'k1', by });

  expect(started).toEqual({ kind: 'managed-thread', id: 'thread-of-k1' });
  expect(calls).toEqual([{ spawn: { tenant: 'acme', ...by }, body: input, options: { idempotencyKey: 'k1', requestId: 'k1' } }]);
});

it('starts a thread of a script under the key, with its environment unless told otherwise', async () => {
  const { made, calls } = targets();

  const target = { kind: 'script', input: { script_name: 'invoice', input: { invoice_id: '1' }, load_env: false } } as const;
  expect(await made.start({ tenant: 'acme', target, key: 'k1', by })).toEqual({ kind: 'script', id: 'script-of-k1' });

  const request = {
    scriptName: 'invoice',
    version: 0,
    inputJson: '{"invoice_id":"1"}',
    executionMode: 'CLOUD',
    hostId: null,
    timeout: '',
    metadata: {},
    callbackUrl: '',
    loadEnv: false,
  };
  expect(calls).toEqual([{ script: by.subject, via: by.via, request, options: { idempotencyKey: 'k1', requestId: 'k1' } }]);
});

it('sends a message under the key', async () => {
  const { made, calls } = targets();

  const started = await made.start({ tenant: 'acme', target: { kind: 'thread-message', input: { threadId: 'thr_1', message: 'hello' } }, key: 'k1', by });

  expect(started).toEqual({ kind: 'thread-message', id: 'thr_1' });
  expect(calls).toEqual([{ send: by.subject, id: 'thr_1', message: { message: 'hello' }, options: { requestId: 'k1' } }]);
});

const fault = async (work: Promise<unknown>): Promise<unknown> =>
  work.catch((thrown: Fault) => ({ code: thrown.code, kind: thrown.kind, field: thrown.facts['field'] }));

it.each([
  ['managed-thread', { ...input, objective: undefined }, 'target.invalid', 'invalid', 'target.input.objective'],
  ['managed-thread', { ...input, id: 'thr_1' }, 'target.invalid', 'invalid', 'target.input.(body)'],
  ['managed-thread', { ...input, agentType: 'nobody' }, 'thread.unknown_agent_type', 'invalid', 'target.input.agentType'],
  ['managed-thread', { ...input, policy: { requireWorkspaceBoundary: true } }, 'thread.workspace_required', 'invalid', 'target.input.preparation.workspace'],
  ['thread-message', { threadId: 'thr_1' }, 'target.invalid', 'invalid', 'target.input.message'],
  ['thread-message', { threadId: 'thr_none', message: 'm' }, 'target.invalid', 'invalid', 'target.input.threadId'],
  ['thread-message', { threadId: 'thr_over', message: 'm' }, 'target.invalid', 'invalid', 'target.input.threadId'],
  ['pattern', {}, 'target.invalid', 'invalid', 'target.input.patternName'],
  ['script', {}, 'target.invalid', 'invalid', 'target.input.script_name'],
  ['script', { script_name: 'x', other: 1 }, 'target.invalid', 'invalid', 'target.input.(body)'],
  ['thread', {}, 'target.unsupported', 'unsupported', 'target.kind'],
] as const)('refuses %s with %j before anything is stored', async (kind, given, code, of, field) => {
  expect(await fault(targets().made.check('acme', { kind, input: given }))).toEqual({ code, kind: of, field });
});

it('accepts what can be started', async () => {
  const { made } = targets();
  await made.check('acme', { kind: 'managed-thread', input });
  await made.check('acme', { kind: 'thread-message', input: { threadId: 'thr_1', message: 'm' } });

  expect(await fault(made.check('other', { kind: 'thread-message', input: { threadId: 'thr_1', message: 'm' } }))).toMatchObject({
    field: 'target.input.threadId',
  });
  expect(await fault(made.start({ tenant: 'acme', target: { kind: 'thread', input: {} }, key: 'k', by }))).toMatchObject({ code: 'target.unsupported' });
});

it('executes a pattern under the key', async () => {
  const { made, calls } = targets();
  const target = { kind: 'pattern' as const, input: { patternName: 'classifier', version: '1.x', input: { content: 'x' }, options: { priority: 'low' } } };

  await made.check('acme', target);
  const started = await made.start({ tenant: 'acme', target, key: 'k1', by });

  expect(started).toEqual({ kind: 'pattern', id: 'execution-of-k1' });
  const request = { pattern: 'classifier', version: '1.x', input: { content: 'x' }, timeoutMs: null, priority: 'low', metadata: {} };
  expect(calls).toEqual([{ execute: by.subject, via: by.via, request, options: { idempotencyKey: 'k1', requestId: 'k1' } }]);
});

it('refuses a pattern that is not there, and an input that it does not take', async () => {
  const { made } = targets();
  const check = (input: Record<string, unknown>) => made.check('acme', { kind: 'pattern', input });

  await expect(check({ patternName: 'none' })).rejects.toMatchObject({ code: 'pattern.not_found' });
  await expect(check({ patternName: 'classifier', input: {} })).rejects.toMatchObject({
    code: 'execution.input_invalid',
    facts: { field: 'target.input.input.content' },
  });
});

it('starts a run under the key, as `POST /runs` would', async () => {
  const { made, calls } = targets();
  const target = {
    kind: 'run' as const,
    input: { task: 'look around', max_steps: 3, tool_scopes: ['fs_*'], cognition: { provider: 'mock' }, budget: { tokens: 5 } },
  };
  const request = {
    ...{ task: 'look around', maxSteps: 3, toolScopes: ['fs_*'], model: null, skills: [], skillParams: [], history: [], effectCeiling: null },
    ...{ budget: { tokens: 5 }, timeWindow: null, maxDelegationDepth: null },
    cognition: expect.objectContaining({ provider: 'mock', model: null, script: null }) as object,
  };

  await made.check('acme', target);
  expect(await made.start({ tenant: 'acme', target, key: 'k1', by })).toEqual({ kind: 'run', id: 'run-of-k1' });

  expect(calls).toEqual([
    { check: 'acme', request },
    { run: by.subject, via: by.via, request, options: { idempotencyKey: 'k1', requestId: 'k1' } },
  ]);
});
