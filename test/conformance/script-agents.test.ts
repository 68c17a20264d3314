/** The steps of scripts that ask models: agents, decisions, plans; over the real store, with a model on loopback that says what the test says. */
import { MockActivityEnvironment } from '@temporalio/testing';
import { scriptModels } from '../../activities/models/script-models';
import type { AgentStepInput } from '../../src/contracts/script/activities';
import { Fault } from '../../src/errors/fault';
import { testStore, type TestStore } from '../support/database';
import { until } from '../support/eventually';
import { startStreamingModel, type ModelAnswer, type ModelAsked, type StreamingModel } from '../support/model-server/streaming-model';
import { MODELS, ran, ScriptSteps, toolsOf, toolThat } from '../support/script-steps';

let world: TestStore;
let steps: ScriptSteps;
let server: StreamingModel;
let answer: (asked: ModelAsked, count: number) => ModelAnswer;
beforeAll(async () => {
  world = await testStore();
  steps = new ScriptSteps(world);
});
afterAll(() => world.close());
beforeEach(async () => void (server = await startStreamingModel((asked, count) => answer(asked, count))));
afterEach(() => server.close());

const LLM = { name: 'llm', tool: 'llm', source: 'native' };
const SEARCH = { name: 'search', tool: 'search', source: 'native' };
const models = () =>
  scriptModels({ ...MODELS, defaultProvider: 'openai', defaultModel: 'm', env: { OPENAI_BASE_URL: `${server.url}/v1`, OPENAI_API_KEY: 'key-of-openai' } });
const says = (...said: readonly ModelAnswer[]): void => void (answer = (_asked, count) => said[count - 1] ?? { status: 500, body: 'too many questions' });
const calls = (name: string, args: object, id = 'c1'): ModelAnswer => ({ text: ['I look.'], calls: [{ id, name, args: [JSON.stringify(args)] }] });
const messagesOf = (at: number): string => JSON.stringify(server.asked[at]?.body['messages']);

describe('an agent', () => {
  const input = (more: Partial<AgentStepInput> = {}): AgentStepInput =>
    steps.input({ tool: LLM, tools: [SEARCH], ...more, args: { task: '"What is new?"', tools: '["search"]', ...more.args } });
  const withTool = (perform: Parameters<typeof toolThat>[0]) => steps.activities({ models: models(), tools: toolsOf(toolThat(perform, { name: 'search' })) });

  it('calls tools until it is done, and says how far it came', async () => {
    says(calls('search', { query: 'news' }), { text: ['Nothing is new.'] });
    const seen: unknown[] = [];

    const output = await ran(() =>
      withTool((args) => (seen.push(args), { output: ['old'] })).agentStep(input({ args: { system: '"You are {who}."' }, scope: { who: { value: 'brief' } } })),
    );

    expect(seen).toEqual([{ query: 'news' }]);
    expect(output).toMatchObject({
      outcome: 'done',
      output: {
        value: { text: 'Nothing is new.', iterations: 2, tool_calls: [{ tool: 'search', arguments: { query: 'news' }, error: null }], exhausted: false },
      },
      input: { value: { system: 'You are brief.', task: 'What is new?' } },
      models: [
        { model: 'openai:m', tokensIn: 120, tokensOut: 30, latencyMs: expect.any(Number) },
        { model: 'openai:m', tokensIn: 120, tokensOut: 30, latencyMs: expect.any(Number) },
      ],
    });
    expect(messagesOf(0)).toContain('You are brief.');
    expect(messagesOf(1)).toContain('old');
  });

  it('ends after its iterations, and says so', async () => {
    answer = (_asked, count) => calls('search', { query: String(count) }, `c${count}`);

    expect(await ran(() => withTool(() => ({ output: 1 })).agentStep(input({ args: { max_iterations: '2' } })))).toMatchObject({
      output: { value: { text: 'I look.', iterations: 2, exhausted: true } },
    });
  });

  it('whose worker was lost goes on from there: nothing is asked and nothing is done again', async () => {
    let done = 0;
    let reached = false;
    says(calls('search', { query: 'a' }), { hangs: true }, { text: ['Found it.'] });
    const activities = withTool(() => ({ output: (done += 1) }));
    const asked = input();
    const env = new MockActivityEnvironment();
    const first = ran(() => activities.agentStep(asked), env);
    first.catch(() => undefined);
    await until('the second question', () => (reached = server.asked.length === 2));
    expect(reached).toBe(true);
    env.cancel('WORKER_SHUTDOWN');
    await expect(first).rejects.toMatchObject({ code: 'script.worker_stopping' });

    const output = await ran(() => activities.agentStep(asked));

    expect(output).toMatchObject({ outcome: 'done', output: { value: { text: 'Found it.', iterations: 2 } } });
    expect(server.asked).toHaveLength(3);
    expect(done).toBe(1);
    expect(server.abandoned()).toBe(1);
  });

  it('tells its model what failed, what it may not call and what does not fit', async () => {
    says(calls('search', { query: 'a' }), calls('rm', {}), { text: ['I give up.'] });

    const output = await ran(() =>
      withTool(() => Promise.reject(new Fault('unavailable', 'tool.failed', 'The index is away.', { begun: true, unknown: true }))).agentStep(input()),
    );

    expect(output).toMatchObject({
      outcome: 'done',
      output: { value: { tool_calls: [{ tool: 'search', error: expect.stringContaining('The index is away.') }, { tool: 'rm' }] } },
    });
    expect(messagesOf(1)).toContain('Nobody can tell whether it was done');
    expect(messagesOf(2)).toContain('There is no tool rm. There are search.');
  });

  it('tells with its signs of life how far it is', async () => {
    const env = new MockActivityEnvironment();
    const beats: unknown[] = [];
    env.on('heartbeat', (details: unknown) => beats.push(details));
    says(calls('search', {}), { hangs: true });
    const work = ran(() => withTool(() => ({ output: 1 })).agentStep(input()), env);
    work.catch(() => undefined);

    await until('a sign of life of the second iteration', () => beats.some((beat) => (beat as { iteration?: number }).iteration === 2));
    expect(beats.at(-1)).toEqual({ iteration: 2, tool_calls: 1 });
    env.cancel('CANCELLED');
    await expect(work).rejects.toThrow();
  });

  it.each([
    ['no task', { task: 'null' }, 'script_tool.arguments', 'task'],
    ['a tool that the script does not import', { tools: '["rm"]' }, 'script_tool.unknown', 'rm'],
    ['a temperature that is none', { temperature: '"hot"' }, 'script_tool.arguments', 'temperature: expected a number from 0 to 2'],
    ['more iterations than there may be', { max_iterations: '1000' }, 'script_tool.arguments', 'max_iterations: expected a whole number from 1 to 100'],
  ])('with %s is not begun', async (_what, args, code, words) => {
    says();

    expect(await ran(() => withTool(() => ({ output: 1 })).agentStep(input({ args })))).toMatchObject({
      outcome: 'failed',
      error: { code, message: expect.stringContaining(words) },
    });
    expect(server.asked).toHaveLength(0);
  });

  it('whose model cannot be asked fails, with what it cost so far', async () => {
    says(calls('search', {}), { status: 429, body: '{"error":{"message":"slow down"}}' });

    expect(await ran(() => withTool(() => ({ output: 1 })).agentStep(input()))).toMatchObject({
      ...{ outcome: 'failed', retry: true, unknown: false, error: { code: 'cognition.rate_limited', tool: 'llm' } },
      models: [{ model: 'openai:m' }],
    });
  });
});

describe('a decision', () => {
  const decide = (args: Record<string, string> = {}) =>
    ran(() => steps.activities({ models: models() }).decideStep(steps.input({ question: 'Which team?', branches: ['sales', 'support'], args })));

  it('takes the choice of the model, with its reason', async () => {
    says({ text: ['```json\n{"choice": "Support", "reason": "It is broken."}\n```'] });

    expect(await decide({ context: '{ ticket: "broken" }' })).toMatchObject({
      ...{ outcome: 'done', choice: 'support', reason: 'It is broken.', output: { value: { choice: 'support', reason: 'It is broken.' } } },
      models: [{ tokensIn: 120 }],
    });
    expect(messagesOf(0)).toContain('broken');
    expect(messagesOf(0)).toContain('Which team?');
  });

  it('that is none of the branches is asked for again, with what was wrong', async () => {
    says({ text: ['{"choice": "billing"}'] }, { text: ['sales'] });

    expect(await decide()).toMatchObject({ outcome: 'done', choice: 'sales', reason: null });
    expect(messagesOf(1)).toContain('That is not one of the choices.');
  });

  it('that never comes fails the step', async () => {
    answer = () => ({ text: ['I do not know.'] });

    expect(await decide()).toMatchObject({ outcome: 'failed', choice: null, retry: true, error: { code: 'decide.no_choice' } });
    expect(server.asked).toHaveLength(3);
  });
});

it('a decision that a person makes is not asked of a model', async () => {
  says();
  const input = steps.input({ question: 'Which?', branches: ['sales', 'support'], override: { value: { choice: 'support' } } });

  expect(await ran(() => steps.activities({ models: models() }).decideStep(input))).toMatchObject({ outcome: 'done', choice: 'support', models: [] });
  expect(server.asked).toHaveLength(0);
});

describe('a plan', () => {
  const GOOD = 'script "mission"\n\nimport tools\n  search from native\n\ndo "Look" with search -> found\n  query = "news"\n\nemit found';
  const plan = (more: { readonly maxSteps?: number; readonly args?: Record<string, string> } = {}) =>
    ran(() =>
      steps
        .activities({ models: models(), tools: toolsOf(toolThat(() => ({ output: 1 }), { name: 'search' })) })
        .planStep(steps.input({ tool: LLM, tools: [SEARCH], maxSteps: more.maxSteps ?? 12, args: { task: '"Publish it"', ...more.args } })),
    );

  it('is a script that was compiled, of the tools that it may have', async () => {
    says({ text: [`Here it is:\n\`\`\`\n${GOOD}\n\`\`\``] });

    expect(await plan()).toMatchObject({
      outcome: 'done',
      output: { value: { name: 'mission', steps: 2, ir: { ir: 1, tools: [{ tool: 'search' }] }, contract: { input: [], env: [] } } },
    });
    expect(messagesOf(0)).toContain('search from native');
  });

  it.each([
    ['mistakes', 'script "mission"\n\nemit nothing_of_this_name', 'line 3, column 6'],
    ['tools that it may not have', 'script "mission"\n\nimport tools\n  shell from runs\n\ndo "x" with shell\n  command = "ls"', 'shell from runs is not one'],
    ['too many steps', `script "mission"\n${Array.from({ length: 13 }, (_each, at) => `\nlet a${at} = 1`).join('')}`, 'It has 13 steps; at most 12'],
  ])('with %s is written again, and the model is told', async (_what, first, told) => {
    says({ text: [first] }, { text: [GOOD] });

    expect(await plan()).toMatchObject({ outcome: 'done', output: { value: { name: 'mission' } } });
    expect(messagesOf(1)).toContain(told);
  });

  it('that never comes right fails the step, with the mistakes; at once where it is not to be written again', async () => {
    answer = () => ({ text: ['I cannot.'] });

    expect(await plan()).toMatchObject({ outcome: 'failed', error: { code: 'plan.invalid' } });
    expect(server.asked).toHaveLength(3);
    expect(await plan({ args: { validate: 'false' } })).toMatchObject({ outcome: 'failed' });
    expect(server.asked).toHaveLength(4);
  });
});
