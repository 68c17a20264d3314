import fc from 'fast-check';
import {
  PatternBuilder,
  PatternTemplate,
  compileToJson,
  compileToYaml,
  literal,
  parsePattern,
  validatePattern,
  type OrgChartDefinition,
  type PatternDefinition,
  type Step,
} from '../../../src/patterns/patterns';
import { evaluate } from '../../../src/domain/pattern/expression/evaluate';
import { filesIn, textOf } from '../../tidy/source-files';

const text = fc.oneof(fc.string({ minLength: 1, maxLength: 40 }), fc.constantFrom('true', '1.0', 'null', '- a', 'a: b', '# no', "it's", '"', 'a\nb\n', ' x ', '~', '0x1f', '2026-01-01', '&a', '*a', '!t', '%')).map((value) => value.replaceAll('$', '€')); // prettier-ignore
const name = fc
  .stringMatching(/^[a-z][a-z0-9]{0,8}(-[a-z0-9]{1,5})?$/)
  .filter((each) => !['input', 'execution', 'item', 'index', 'items', 'value'].includes(each));
const share = fc.integer({ min: 0, max: 100 }).map((each) => each / 100);
const ms = fc.integer({ min: 1, max: 100_000 });
const optional = <T extends object>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<Partial<T>> => fc.record(model, { requiredKeys: [] }) as never;

const agents = fc.record(
  { capabilities: fc.array(text, { minLength: 1, maxLength: 3 }), min: fc.integer({ min: 1, max: 5 }), max: fc.integer({ min: 5, max: 50 }) },
  { requiredKeys: ['capabilities'] },
);
const aggregation = fc.oneof(
  optional({
    method: fc.constantFrom('majority', 'unanimous', 'weighted', 'plurality'),
    minVotes: fc.integer({ min: 1, max: 5 }),
    weights: fc.dictionary(name, share, { maxKeys: 3 }),
  }).map((each) => ({ strategy: 'voting' as const, ...each })),
  optional({
    threshold: share,
    conflictResolution: fc.constantFrom('weighted', 'first', 'fail'),
    fields: fc.array(fc.oneof(text, fc.record({ name: text, threshold: share })), { maxLength: 3 }),
  }).map((each) => ({ strategy: 'consensus' as const, ...each })),
  optional({ method: fc.constantFrom('deep', 'union', 'concat'), deduplicationKey: text, limit: fc.integer({ min: 1, max: 100 }) }).map((each) => ({
    strategy: 'merge' as const,
    ...each,
  })),
  fc.array(fc.record({ name: text, strategy: fc.constantFrom('average', 'sum', 'best') }), { minLength: 1, maxLength: 3 }).map((fields) => ({ fields })),
);
const constant = fc.oneof(text, fc.integer(), fc.boolean(), fc.constant(null), fc.array(text, { maxLength: 3 }), fc.dictionary(name, text, { maxKeys: 3 }));
const expression = fc.constantFrom(
  '$result',
  '$final.confidence',
  '$input',
  '$results[0].a',
  '$execution.duration >= 5',
  '!$result.ok',
  'count: ${$results.length}',
);
const value = fc.oneof(
  constant,
  expression,
  expression.map((each) => ({ $template: `{{${each.includes('{') ? '$result' : each}}}` })),
  expression.map((each) => ({ $coalesce: [each, 1] })),
);
const field = fc.oneof(
  fc.constantFrom('string', 'number', 'boolean', 'array', 'object', 'any'),
  optional({ description: text, minLength: fc.integer({ min: 0, max: 5 }), format: fc.constantFrom('email', 'date') }).map((each) => ({
    type: 'string' as const,
    ...each,
  })),
  optional({ minimum: fc.integer(), required: fc.boolean(), default: fc.constant(undefined) }).map((each) => ({ type: 'integer' as const, ...each })),
);
const validation = optional({
  minConfidence: share,
  maxRetries: fc.integer({ min: 0, max: 10 }),
  retryDelay: ms,
  fallback: fc.oneof(fc.record({ type: fc.constant('default' as const), value }), fc.record({ type: fc.constant('escalate' as const), to: text })),
});
const steps = fc.uniqueArray(name, { minLength: 1, maxLength: 5 }).chain(
  (ids) =>
  fc.tuple(...ids.map((id, at) => fc.oneof(
    fc.record({ agents, input: value, aggregation, validation }, { requiredKeys: ['agents'] }).map((each) => ({ id, ...each })),
    fc.record({ value, output: name }, { requiredKeys: ['value'] }).map((each) => ({ id, type: 'default' as const, ...each })),
    fc.constantFrom(...ids).map((next) => ({ id, type: 'gate' as const, condition: '$result.passed', onPass: 'output', onFail: { next } })),
    fc.record({ task: fc.record({ agents, input: value }) }).map((each) => ({ id, type: 'batch' as const, items: '$input', ...each })),
    fc.constant({ id, type: 'loop' as const, condition: '$result.ok', steps: [{ id: `inner${at}x`, type: 'default' as const, value: 1 }] }),
    fc.constantFrom('*', '1.x', '^2.1.0').map((range) => ({ id, pattern: `other@${range}`, onError: 'continue' as const })),
  ))), // prettier-ignore
) as unknown as fc.Arbitrary<Step[]>;
const version = fc.tuple(fc.nat(20), fc.nat(20), fc.nat(20)).map((parts) => parts.join('.'));

const built = fc
  .record({
    name: fc.stringMatching(/^[A-Za-z][a-z0-9]{0,9}$/),
    version,
    description: text,
    tags: fc.array(text, { maxLength: 3 }),
    input: fc.dictionary(name, field, { maxKeys: 4 }),
    agents,
    aggregation,
    validation,
    steps: fc.option(steps, { nil: undefined }),
    output: value,
  })
  .map(({ name: called, version: of, description, tags, steps: several, ...rest }) => {
    const begun = new PatternBuilder(called).version(of).description(description).tags(tags).input(rest.input as never).agents(rest.agents).aggregation(rest.aggregation as never).validation(rest.validation as never).output(rest.output as never); // prettier-ignore
    return several ? several.reduce((builder, step) => builder.step(step), begun) : begun.parallel({ timeout: 1_000 });
  });

const plain = (definition: object): unknown => JSON.parse(JSON.stringify(definition));

it('builds, prints, and reads back the same definition and the same plan, as YAML and as JSON', () => {
  fc.assert(
    fc.property(built, (builder) => {
      const definition = builder.build();
      const texts = [compileToYaml(definition), compileToJson(definition)];
      const [first, ...others] = texts.map(parsePattern);

      expect(first).toMatchObject({ ok: true, kind: 'pattern' });
      for (const each of [first, ...others]) expect(each).toMatchObject({ definition: plain(definition), plan: (first as { plan: unknown }).plan });
    }),
    { numRuns: 150 },
  );
});

it('says any text word for word by `literal`', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.constantFrom('$input', '${a}', '$$', 'a $b', '!$x')), (any) => {
      const parsed = parsePattern(
        new PatternBuilder('p')
          .agents({ capabilities: ['a'] })
          .output({ any: literal(any) })
          .toYaml(),
      );
      if (!parsed.ok || parsed.plan.kind !== 'pattern' || !parsed.plan.output) throw new TypeError(JSON.stringify(parsed));

      expect(evaluate(parsed.plan.output, {})).toEqual({ any });
    }),
  );
});

it.each(filesIn('examples', '.yaml'))('%s is the same after printing', (path) => {
  const parsed = parsePattern(textOf(path));
  if (!parsed.ok) throw new TypeError(JSON.stringify(parsed.errors));

  expect(parsePattern(compileToYaml(parsed.definition as never))).toEqual(parsed);
});

describe('the builder', () => {
  const classifier = new PatternBuilder('content-classifier')
    .input({ content: { type: 'string', required: true } })
    .agents({ capabilities: ['classification'], min: 3 })
    .voting({ method: 'majority' })
    .output({ category: '$vote.result', confidence: '$vote.confidence' });

  it('gives what the YAML gives', () => {
    const parsed = parsePattern(textOf('examples/patterns/content-classifier.yaml'));
    const { plan } = parsePattern(classifier.toYaml()) as { readonly plan: unknown };

    expect(plan).toEqual((parsed as { readonly plan: unknown }).plan);
  });

  it('can be the beginning of several patterns', () => {
    const second = classifier.version('2.0.0').race({ minConfidence: 0.9 }).first().output('$first');

    expect([classifier.build().version, second.build().version]).toEqual(['1.0.0', '2.0.0']);
    expect(classifier.build().aggregation).toEqual({ strategy: 'voting', method: 'majority' });
  });

  it('refuses what does not compile, with everything that is wrong', () => {
    expect(() => classifier.version('two').output({ a: '$votes' }).build()).toThrow(
      expect.objectContaining({
        kind: 'invalid',
        code: 'pattern.invalid',
        facts: { errors: [expect.objectContaining({ path: 'version' }), expect.objectContaining({ path: 'output.a' })] },
      }),
    );
  });
});

it('checks org charts as well', () => {
  const chart: OrgChartDefinition = {
    name: 'pair',
    version: '1.0.0',
    structure: { roles: { driver: {}, navigator: { verify: { type: 'agent', role: 'driver' } } } },
    workflow: { input: { task: 'string' }, steps: [{ type: 'assign', role: 'driver', task: '${input.task}' }] },
  };

  expect(validatePattern(chart)).toEqual({ valid: true, errors: [] });
  expect(validatePattern({ ...chart, workflow: { steps: [{ type: 'assign', role: 'pilot', task: 'x' }] } })).toMatchObject({
    valid: false,
    errors: [{ path: 'workflow.steps[0].role' }],
  });
});

describe('a template', () => {
  const voting = new PatternTemplate<{ capability: string; agents: number }>({
    name: 'voting',
    parameters: { capability: 'string', agents: { type: 'integer', default: 3, maximum: 9 } },
    build: ({ capability, agents: min }): PatternDefinition =>
      new PatternBuilder(`${capability}-voting`)
        .agents({ capabilities: [capability], min })
        .voting()
        .build(),
  });

  it('builds with its defaults', () => {
    expect(voting.create({ capability: 'moderation' })).toMatchObject({ name: 'moderation-voting', agents: { capabilities: ['moderation'], min: 3 } });
  });

  it.each([
    [{}, 'voting, capability: It is missing. Expected: a text.'],
    [{ capability: 'a', agents: 10 }, 'voting, agents: It is 10. Expected: at most 9.'],
    [{ capability: 'a', agent: 1 } as object, 'voting, agent: There is no field agent here. Did you mean agents? Expected: one of capability, agents.'],
  ])('refuses %j', (parameters, message) => expect(() => voting.create(parameters)).toThrow(expect.objectContaining({ code: 'pattern.parameters', message })));
});
