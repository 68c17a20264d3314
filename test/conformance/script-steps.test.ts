/** The activities of scripts over the real store: what is claimed, what a second time does, what is cancelled, and what never travels. */
import { CancelledFailure } from '@temporalio/activity';
import { MockActivityEnvironment } from '@temporalio/testing';
import type { StepOutput } from '../../src/contracts/script/activities';
import { scriptRef } from '../../src/contracts/script/commands';
import { redactor } from '../../src/domain/redaction';
import { Fault } from '../../src/errors/fault';
import { testStore, type TestStore } from '../support/database';
import { until } from '../support/eventually';
import { EXECUTES, ran, ScriptSteps, toolsOf, toolThat } from '../support/script-steps';

let world: TestStore;
let steps: ScriptSteps;
beforeAll(async () => {
  world = await testStore();
  steps = new ScriptSteps(world);
});
afterAll(() => world.close());

const untilAborted = (signal: AbortSignal) =>
  new Promise<never>((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true }));

describe('a tool that is called', () => {
  it('gets what its arguments come to, and its output is told with them', async () => {
    const seen: unknown[] = [];
    const tool = toolThat((args) => (seen.push(args), { output: { done: true }, executionId: 'run_1' }));
    const input = steps.input({
      ...EXECUTES,
      args: { text: '"Invoice {id}"', all: 'count(items)' },
      scope: { id: { value: 'INV-42' }, items: { value: [1, 2] } },
    });

    const output = await ran(() => steps.activities({ tools: toolsOf(tool) }).executeStep(input));

    expect(seen).toEqual([{ text: 'Invoice INV-42', all: 2 }]);
    expect(output).toEqual({
      outcome: 'done',
      output: { value: { done: true } },
      input: { value: { text: 'Invoice INV-42', all: 2 } },
      models: [],
      artifacts: [],
      executionId: 'run_1',
    });
  });

  it('is called once for each attempt, however often it is asked, and answers as the first time', async () => {
    let calls = 0;
    const activities = steps.activities({ tools: toolsOf(toolThat(() => ({ output: (calls += 1) }))) });
    const input = steps.input(EXECUTES);

    const first = await ran(() => activities.executeStep(input));
    expect(await ran(() => activities.executeStep(input))).toEqual(first);
    expect(await ran(() => activities.executeStep({ ...input, attempt: 2 }))).toMatchObject({ output: { value: 2 } });
    expect(calls).toBe(2);
  });

  it.each([
    ['harmful', { outcome: 'failed', unknown: true, error: { code: 'step.unknown', step: '1.0.2' } }, 0],
    ['paid', { outcome: 'done', output: { value: 1 } }, 1],
    ['harmless', { outcome: 'done', output: { value: 1 } }, 1],
  ] as const)('whose worker was lost, and that is %s, is told or made again', async (twice, told, calls) => {
    let made = 0;
    const activities = steps.activities({ tools: toolsOf(toolThat(() => ({ output: (made += 1) }), { twice })) });
    const input = steps.input(EXECUTES);
    await world.store.effects.claim(scriptRef('default', input.thread.threadId), 'do-1.0.2.1', 'step');

    expect(await ran(() => activities.executeStep(input))).toMatchObject(told);
    expect(made).toBe(calls);
  });

  it.each([
    ['a failure that may heal', new Fault('unavailable', 'outgoing.failed', 'No answer.', { begun: true, unknown: true }), { unknown: true, retry: true }],
    ['one that never went out', new Fault('unavailable', 'outgoing.failed', 'No address.', { begun: false, unknown: true }), { unknown: false, retry: true }],
    ['one that will not heal', new Fault('invalid', 'tool.refused', 'It says no.'), { unknown: false, retry: false }],
  ])('tells %s as what it is, under its code', async (_what, fault, told) => {
    const activities = steps.activities({ tools: toolsOf(toolThat(() => Promise.reject(fault))) });

    expect(await ran(() => activities.executeStep(steps.input(EXECUTES)))).toMatchObject({
      outcome: 'failed',
      error: { code: fault.code, message: fault.message, step: '1.0.2', tool: 'acts' },
      ...told,
    });
  });

  it('that meets a store which cannot be reached fails the activity, and not the step', async () => {
    const activities = steps.activities({ tools: toolsOf(toolThat(() => Promise.reject(new Fault('unavailable', 'store.unreachable', 'gone')))) });

    await expect(ran(() => activities.executeStep(steps.input(EXECUTES)))).rejects.toMatchObject({ code: 'store.unreachable' });
  });

  it.each([
    ['a tool that nobody has', { tool: { name: 'other', tool: 'other', source: 'mcp.files' } }, 'script_tool.unknown', 'other'],
    ['an expression without a value', { args: { a: 'missing.field' } }, 'expression.name', 'missing'],
    ['a part that is not there', { args: { a: 'x.b' }, scope: { x: { value: { a: 1 } } } }, 'expression.field', 'has no field `b`'],
    ['corrected input that is no object', { override: { value: 3 } }, 'script.override', 'object'],
  ])('is not called for %s', async (_what, more, code, words) => {
    const tool = toolThat(() => ({ output: 1 }));
    const output = await ran(() => steps.activities({ tools: toolsOf(tool) }).executeStep(steps.input({ ...EXECUTES, ...more })));

    expect(output).toMatchObject({ outcome: 'failed', unknown: false, error: { code, message: expect.stringContaining(words) } });
  });

  it('gets the fields that a person corrected in the place of its own', async () => {
    const seen: unknown[] = [];
    const activities = steps.activities({ tools: toolsOf(toolThat((args) => (seen.push(args), { output: null }))) });

    await ran(() =>
      activities.executeStep(steps.input({ ...EXECUTES, args: { url: 'nowhere.url', times: '2' }, override: { value: { url: 'https://a.example' } } })),
    );

    expect(seen).toEqual([{ url: 'https://a.example', times: 2 }]);
  });
});

describe('a step that a person settles', () => {
  it('is not done again, and has the output that they give', async () => {
    let calls = 0;
    const activities = steps.activities({ tools: toolsOf(toolThat(() => ({ output: (calls += 1) }))) });
    const override = { value: { $output: { paid: true } } };

    expect(await ran(() => activities.executeStep(steps.input({ ...EXECUTES, override })))).toMatchObject({
      outcome: 'done',
      output: { value: { paid: true } },
    });
    expect(await ran(() => activities.sendStep(steps.input({ channel: 'nobody', override })))).toMatchObject({
      outcome: 'done',
      output: { value: { paid: true } },
    });
    expect(calls).toBe(0);
  });
});

describe('cancelling', () => {
  it.each(['harmless', 'paid'] as const)('ends a tool that is %s within a second, and the activity with it', async (twice) => {
    const env = new MockActivityEnvironment();
    let reached = false;
    const tool = toolThat((_args, { signal }) => ((reached = true), untilAborted(signal)), { twice });
    const work = ran(() => steps.activities({ tools: toolsOf(tool) }).executeStep(steps.input(EXECUTES)), env);
    await until('the tool is at work', () => reached);
    const began = Date.now();

    env.cancel('CANCELLED');

    await expect(work).rejects.toThrow(CancelledFailure);
    expect(Date.now() - began).toBeLessThan(1_000);
  });

  it('of a tool that may have acted is told as unknown, and stays told', async () => {
    const env = new MockActivityEnvironment();
    let reached = false;
    const tools = toolsOf(toolThat((_args, { signal }) => ((reached = true), untilAborted(signal))));
    const input = steps.input(EXECUTES);
    const work = ran(() => steps.activities({ tools }).executeStep(input), env);
    await until('the tool is at work', () => reached);

    env.cancel('CANCELLED');

    const told = await work;
    expect(told).toMatchObject({ outcome: 'failed', unknown: true, retry: false, error: { code: 'step.cancelled' } });
    expect(await ran(() => steps.activities({ tools }).executeStep(input))).toEqual(told);
  });

  it('does not wait for a tool that does not hear of it', async () => {
    const env = new MockActivityEnvironment();
    let reached = false;
    let over = (): void => undefined;
    const tools = toolsOf(toolThat(() => ((reached = true), new Promise<never>((_resolve, reject) => (over = () => reject(new Error('late')))))));
    const work = ran(() => steps.activities({ tools }).executeStep(steps.input(EXECUTES)), env);
    await until('the tool is at work', () => reached);
    const began = Date.now();

    env.cancel('CANCELLED');

    expect(await work).toMatchObject({ outcome: 'failed', unknown: true });
    expect(Date.now() - began).toBeLessThan(2_000);
    over();
  });

  it('is not what a worker does that stops: the next one does the step, unless it may have been done', async () => {
    const work = async (twice: 'paid' | 'harmful') => {
      const env = new MockActivityEnvironment();
      let reached = false;
      const tools = toolsOf(toolThat((_args, { signal }) => ((reached = true), untilAborted(signal)), { twice }));
      const output = ran(() => steps.activities({ tools }).executeStep(steps.input(EXECUTES)), env);
      output.catch(() => undefined);
      await until('the tool is at work', () => reached);
      env.cancel('WORKER_SHUTDOWN');
      return output;
    };

    await expect(work('paid')).rejects.toMatchObject({ code: 'script.worker_stopping', nonRetryable: false });
    expect(await work('harmful')).toMatchObject({ outcome: 'failed', unknown: true, error: { code: 'step.unknown' } });
  });
});

describe('secrets', () => {
  const SECRET = 's3cret-of-the-thread';
  const withEnv = (tool: ReturnType<typeof toolThat>) =>
    steps.activities({
      tools: toolsOf(tool),
      environmentOf: () => Promise.resolve({ values: { TOKEN: SECRET }, redact: redactor([SECRET]) }),
    });
  const input = () => {
    const given = steps.input({ ...EXECUTES, args: { header: '"Bearer {env.TOKEN}"' } });
    return { ...given, thread: { ...given.thread, hasEnv: true } };
  };

  it('of the environment reach the tool, and neither what is told nor a history', async () => {
    const seen: unknown[] = [];
    const output = await ran(() => withEnv(toolThat((args) => (seen.push(args), { output: { echo: args } }))).executeStep(input()));

    expect(seen).toEqual([{ header: `Bearer ${SECRET}` }]);
    expect(JSON.stringify(output)).not.toContain(SECRET);
    expect(output).toMatchObject({ outcome: 'done', output: { ref: expect.any(String) } });
    const { output: kept } = output as Extract<StepOutput, { outcome: 'done' }>;
    expect(await steps.values().read(kept)).toEqual({ value: { echo: { header: `Bearer ${SECRET}` } }, secret: true });
  });

  it('are taken out of what failed', async () => {
    const tool = toolThat(() => Promise.reject(new Fault('invalid', 'tool.refused', `The key ${SECRET} is wrong.`)));

    expect(JSON.stringify(await ran(() => withEnv(tool).executeStep(input())))).not.toContain(SECRET);
  });

  it('stay references in everything that is made of them', async () => {
    const activities = withEnv(toolThat(() => ({ output: null })));
    const thread = input().thread;
    const evaluate = (expressions: Record<string, string>, scope = {}) =>
      ran(() => activities.evaluateStep({ thread, path: '0', scope, expressions, override: null }));

    const first = await evaluate({ header: '"Bearer {env.TOKEN}"', plain: '1 + 1' });
    expect(first).toMatchObject({ outcome: 'done', values: { header: { ref: expect.any(String) }, plain: { value: 2 } } });
    const { values } = first as Extract<typeof first, { outcome: 'done' }>;
    expect(await evaluate({ size: 'count(header)' }, values)).toMatchObject({ values: { size: { ref: expect.any(String) } } });
    expect(await activities.readPage({ tenant: 'default', list: await steps.values().keep([SECRET, 2], { secret: true }), from: 0, count: 5 })).toMatchObject({
      items: [{ ref: expect.any(String) }, { ref: expect.any(String) }],
      total: 2,
    });
  });
});

describe('artifacts', () => {
  it('are kept beside the thread, larger ones too, and read back by their mention', async () => {
    const bytes = new Uint8Array(3 * 1024 * 1024).map((_each, at) => (at * 31) % 251);
    let back: Uint8Array | null = null;
    const tool = toolThat(async (_args, { keep, bytesOf }) => {
      const mention = await keep({ name: 'a.bin', mediaType: 'application/x-test', bytes });
      back = await bytesOf(mention);
      return { output: { artifact: { ...mention } } };
    });

    const output = await ran(() => steps.activities({ tools: toolsOf(tool) }).executeStep(steps.input(EXECUTES)));

    expect(output.artifacts).toEqual([
      { artifactId: expect.stringMatching(/^art_[0-9a-f]{20}$/), name: 'a.bin', mediaType: 'application/x-test', bytes: bytes.length, ref: expect.any(String) },
    ]);
    expect(output).toMatchObject({ output: { value: { artifact: { artifact_id: output.artifacts[0]?.artifactId } } } });
    expect(Buffer.compare(back!, bytes)).toBe(0);
  });

  it('of another tenant, and what is none, are not there', async () => {
    const tool = toolThat(async (_args, { bytesOf }) => ({ output: (await bytesOf({ ref: 'a'.repeat(64) })).length }));

    expect(await ran(() => steps.activities({ tools: toolsOf(tool) }).executeStep(steps.input(EXECUTES)))).toMatchObject({
      error: { code: 'script_tool.artifact_gone' },
    });
  });
});

describe('values', () => {
  it('that do not fit their fields are told with the field', async () => {
    const value = await steps.values().keep({ name: 'x'.repeat(20_000), count: 'many' });
    const fields = [
      { name: 'name', type: 'text' },
      { name: 'count', type: 'integer' },
    ];

    const fit = await steps.activities().checkFit({ tenant: 'default', value, fields, enums: {} });

    expect(fit).toEqual({ misfit: expect.stringContaining('`count`'), value });
  });

  it('of an expression that cannot be evaluated fail the step, under its path', async () => {
    const { thread } = steps.input();

    expect(await ran(() => steps.activities().evaluateStep({ thread, path: '4', scope: {}, expressions: { a: '1 / 0' }, override: null }))).toMatchObject({
      outcome: 'failed',
      error: { code: 'expression.operand', step: '4' },
    });
  });
});
