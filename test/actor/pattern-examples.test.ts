/** The patterns that Everthread ships, and what docs/patterns.md promises about the course of steps, on a real Temporal server. The agents exist only here. */
import type { ExecutionOutcome } from '../../src/contracts/execution/start';
import type { Json } from '../../src/contracts/pattern/json';
import { Fault } from '../../src/errors/fault';
import { startOf } from '../support/execution-starts';
import { executionTests } from '../support/execution-tests';
import { planOf } from '../support/pattern-plans';
import { textOf } from '../tidy/source-files';

const tests = executionTests();
const { agents, stores } = tests;

const run = async (yaml: string, input: Json = {}): Promise<ExecutionOutcome> => (await tests.begin(startOf(planOf(yaml), input))).result();

const example = (name: string): string => textOf(`examples/patterns/${name}.yaml`);
const says = (result: Json, confidence?: number) => () => ({ result, ...(confidence !== undefined && { confidence }) });
const completed = (value: Json, rest: object = {}) => expect.objectContaining({ status: 'completed', result: { value }, ...rest });

describe('the example', () => {
  it('document-consensus agrees field by field', async () => {
    const answers = [
      { sentiment: 'positive', score: 8.5, topics: ['chips'] },
      { sentiment: 'positive', score: 8.2, topics: ['chips', 'trade'] },
      { sentiment: 'negative', score: 9, topics: ['chips'] },
    ];
    answers.forEach((answer, at) => agents.add(`a${at}`, ['analysis'], says(answer, 0.9)));

    expect(await run(example('document-consensus'), { document: 'x' })).toMatchObject({
      status: 'completed',
      result: {
        value: {
          sentiment: 'positive',
          score: expect.closeTo(8.567, 2),
          topics: ['chips', 'trade'],
          agreement: expect.closeTo(2 / 3),
          summary: 'positive at 67 % agreement of 3 agents',
        },
      },
    });
  });

  it('entity-extraction keeps what two of three found, with the share that found it', async () => {
    const entity = (name: string, type = 'person') => ({ name, type });
    [[entity('Ada'), entity('Acme', 'organization')], [entity('Ada'), entity('Acme', 'organization')], [entity('Ada'), entity('Bob')]].forEach((entities, at) => agents.add(`a${at}`, ['entity-extraction'], says({ entities }))); // prettier-ignore

    expect(await run(example('entity-extraction'), { document: 'x' })).toMatchObject({
      status: 'completed',
      result: { value: { count: 2, names: ['Ada', 'Acme'], people: [entity('Ada')] } },
    });
  });

  it('quality-gate tries again and says so, and falls back when nobody is ever sure', async () => {
    const unsure = (turn: number) => ({ result: { answer: 'Perhaps.' }, confidence: turn < 3 ? 0.2 : 0.9 });
    ['a', 'b', 'c'].forEach((id) => agents.add(id, ['question-answering'], (_task, turn) => unsure(turn)));
    expect(await run(example('quality-gate').replace('retryDelay: 1000', 'retryDelay: 1'), { question: 'Why?' })).toEqual(
      completed({ answer: 'Perhaps.', confidence: 0.9, source: 'result', retries: 2 }),
    );

    agents.agents.forEach((_agent, id) => agents.add(id, ['question-answering'], says({ answer: 'Perhaps.' }, 0.2)));
    expect(await run(example('quality-gate').replace('retryDelay: 1000', 'retryDelay: 1'), { question: 'Why?' })).toEqual(
      completed({ answer: 'Nobody was sure enough.', confidence: 0, source: 'default', retries: 3 }),
    );
  });

  it('iterative-refinement goes on until the draft is good enough', async () => {
    agents.add('editor', ['editing'], ({ input }, turn) => ({ result: { text: `${(input as { current: string }).current}+${turn}` } }));
    ['j1', 'j2', 'j3'].forEach((id) => agents.add(id, ['quality-assessment'], (_task, turn) => ({ result: { score: 0.5 + turn * 0.2 } })));
    ['c1', 'c2'].forEach((id) => agents.add(id, ['critique'], says({ notes: [`by ${id}`] })));

    expect(await run(example('iterative-refinement'), { draft: 'v0' })).toEqual(
      completed({ text: 'v0+1+2', quality: expect.closeTo(0.9) as never, iterations: 2, goodEnough: true }),
    );
    expect(agents.askedOf('editor')[1]?.input).toMatchObject({ current: 'v0+1', feedback: expect.arrayContaining(['by c1', 'by c2']) });
  });

  it('document-report runs two other patterns and uses what they gave', async () => {
    ['a', 'b', 'c'].forEach((id) => agents.add(id, ['entity-extraction', 'classification'], ({ capability }) => ({ result: capability === 'classification' ? { category: 'news' } : { entities: [{ name: 'Ada', type: 'person' }] }, confidence: 0.8 }))); // prettier-ignore
    agents.add('writer', ['summarization'], ({ instructions }) => ({ result: { said: instructions ?? null }, confidence: 0.7 }));
    stores.pattern(example('entity-extraction')).pattern(example('content-classifier'));

    expect(await run(example('document-report'), { document: 'x' })).toMatchObject({
      status: 'completed',
      result: {
        value: {
          category: 'news',
          entities: [{ name: 'Ada' }],
          summary: { said: 'Sum up the document for readers who are interested in news.' },
          confidence: 0.7,
        },
      },
    });
  });
});

describe('the course of steps', () => {
  const fixed = (id: string): string => `  - { id: ${id}, type: default, value: ${id} }\n`;

  it('passes over what a switch leads to, unless it does', async () => {
    const pattern = `
input: { kind: string }
steps:
  - { id: route, type: switch, value: $input.kind, cases: { one: { next: first }, two: { next: second } } }
${fixed('first')}${fixed('second')}${fixed('after')}
output: { first: $first, second: $second, after: $after, tier: $route.tier, final: $final.source }`;

    expect(await run(pattern, { kind: 'one' })).toEqual(completed({ first: 'first', second: null, after: 'after', tier: 'one', final: 'after' }));
    expect(await run(pattern, { kind: 'two' })).toEqual(completed({ first: null, second: 'second', after: 'after', tier: 'two', final: 'after' }));
    expect(await run(pattern, { kind: 'three' })).toEqual(completed({ first: null, second: null, after: 'after', tier: 'default', final: 'after' }));
  });

  it('passes over a led-to step after one whose condition is not true', async () => {
    const pattern = `
steps:
  - { id: gate, type: gate, condition: 'true', onFail: repair }
  - { id: skipped, type: default, value: 1, condition: 'false' }
${fixed('repair')}output: { repair: $repair }`;

    expect(await run(pattern)).toEqual(completed({ repair: null }));
  });

  it('ends with what was found before the gate that says so', async () => {
    agents.add('fast', ['fast'], says({ answer: 42 }, 0.9));
    const pattern = `
steps:
  - { id: fast, agents: { capabilities: [fast] } }
  - { id: enough, type: gate, condition: $fast.confidence >= 0.85, onPass: output, onFail: thorough }
  - { id: thorough, agents: { capabilities: [thorough] } }
output: { result: $final.result, confidence: $final.confidence, by: $final.source, passed: $enough.passed }`;

    expect(await run(pattern)).toEqual(completed({ result: { answer: 42 }, confidence: 0.9, by: 'fast', passed: true }));
  });

  it('takes values in the place of outcomes apart', async () => {
    const broken = () => Promise.reject(new Fault('conflict', 'agent.task_failed', 'No.', {}));
    agents.add('broken', ['c'], broken);
    const pattern = `
steps:
  - { id: work, agents: { capabilities: [c] }, onError: { type: default, value: { result: none, confidence: 0.1, manualReview: true } } }
output: { result: $final.result, confidence: $final.confidence, review: $final.manualReview }`;

    expect(await run(pattern)).toEqual(completed({ result: 'none', confidence: 0.1, review: true }));
  });

  it('has the fallback in the variable of the strategy, and $custom with its own confidence', async () => {
    ['a', 'b', 'c'].forEach((id) => agents.add(id, ['spam'], says({ verdict: 'spam' }, 0.5)));
    const voting =
      'agents: { capabilities: [spam], min: 3 }\naggregation: { strategy: voting }\noutput: { verdict: $vote.result, confidence: $vote.confidence }\n';

    expect(await run(`${voting}validation: { minConfidence: 0.7, fallback: { type: default, value: { result: uncertain, confidence: 0 } } }`)).toEqual(
      completed({ verdict: 'uncertain', confidence: 0 }),
    );
    expect(
      await run(
        `${voting}validation: { $custom: { condition: "$vote.result == 'spam' && $vote.confidence < 0.8", value: { result: review, confidence: 0.3 } } }`,
      ),
    ).toEqual(completed({ verdict: 'review', confidence: 0.3 }));
  });
});
