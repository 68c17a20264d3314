import { following } from '../../../src/domain/pattern/order';
import { parsePattern } from '../../../src/domain/pattern/parse-pattern';
import type { PatternPlan } from '../../../src/contracts/pattern/plan';

const HEAD = 'name: p\nversion: 1.0.0\n';
const AGENTS = 'agents: {capabilities: [a], min: 3}\n';

function planOf(text: string): PatternPlan {
  const parsed = parsePattern(text);
  if (!parsed.ok) throw new TypeError(JSON.stringify(parsed.errors, null, 2));
  return parsed.plan as PatternPlan;
}

function errorsOf(text: string): readonly unknown[] {
  const parsed = parsePattern(text);
  return parsed.ok ? [] : parsed.errors;
}

const work = (text: string): Record<string, unknown> => (planOf(text).steps[0] as unknown as { work: Record<string, unknown> }).work;

describe('a pattern without steps', () => {
  it('is one step that asks its agents, with every default filled in', () => {
    expect(planOf(`${HEAD}${AGENTS}`)).toEqual({
      format: 1,
      kind: 'pattern',
      name: 'p',
      version: '1.0.0',
      input: { type: 'object', properties: {} },
      steps: [
        {
          ...{ id: 'main', type: 'agents', condition: null, output: null, onError: { type: 'fail' }, next: { kind: 'continue' }, ledTo: false },
          work: {
            agents: { capabilities: [{ kind: 'literal', value: 'a' }], min: 3, max: null, taskTimeoutMs: null, prefer: [], exclude: [] },
            ...{ input: null, instructions: null, validation: null },
            execution: { strategy: 'parallel', timeoutMs: null, waitForAll: true, minResults: null },
            aggregation: { strategy: 'consensus', threshold: 0.7, minVotes: 1, conflictResolution: 'weighted', minConfidence: null, fields: null },
          },
        },
      ],
      ...{ maxSteps: 100, timeoutMs: null, validation: null, output: null, metrics: [], security: null },
    });
  });

  it('keeps the definition as its author wrote it', () => {
    expect(parsePattern(`${HEAD}description: what for\n${AGENTS}`)).toMatchObject({
      ok: true,
      definition: { name: 'p', version: '1.0.0', description: 'what for', agents: { capabilities: ['a'], min: 3 } },
    });
  });

  it('takes the only result as it is', () => {
    expect(work(`${HEAD}agents: {capabilities: [a]}`)).toMatchObject({ aggregation: { strategy: 'first' } });
    expect(work(`${HEAD}${AGENTS}execution: {strategy: race, minConfidence: 0.7}`)).toMatchObject({
      aggregation: { strategy: 'first' },
      execution: { strategy: 'race', minConfidence: 0.7 },
    });
  });
});

describe('aggregation', () => {
  it.each([
    ['{strategy: voting}', { method: 'majority', minVotes: 1, weights: null, tieBreaker: 'first', noMajorityBehavior: 'plurality', onInsufficientVotes: 'fail', field: null }],
    ['{strategy: voting, method: weighted, weights: {expert: 2, default: 1}}', { weights: { expert: 2, default: 1 } }],
    ['{strategy: consensus, fields: [mood, {name: topics, method: union, threshold: 0.6}]}', { fields: [{ name: 'mood', threshold: null, method: null }, { name: 'topics', threshold: 0.6, method: 'union' }] }],
    ['{strategy: merge, method: concat, limit: 100}', { method: 'concat', deduplication: false, limit: 100, arrayStrategy: 'union', scoring: null }],
    ['{strategy: merge, method: union, scoring: {minScore: 0.4}}', { deduplication: true, scoring: { minScore: 0.4, formula: { kind: 'binary', operator: '/' } } }],
    ['{strategy: best}', { by: 'confidence' }],
    ['{fields: [{name: kind, strategy: voting}, {name: score, strategy: average}]}', { strategy: 'fields', fields: [{ name: 'kind', aggregation: { strategy: 'voting' } }, { name: 'score', aggregation: { strategy: 'average' } }] }],
  ])('%s', (text, expected) => expect(work(`${HEAD}${AGENTS}aggregation: ${text}`)).toMatchObject({ aggregation: expected })); // prettier-ignore
});

describe('validation', () => {
  it.each([
    ['{minConfidence: 0.7}', { onFailure: 'fail', onInvalid: 'fail', onTimeout: 'fail', maxRetries: 2, retryDelayMs: 0, fallback: null }],
    ['{onFailure: retry, maxRetries: 3, retryDelay: 1000}', { onFailure: 'retry', onInvalid: 'retry', maxRetries: 3, retryDelayMs: 1_000 }],
    ['{fallback: {type: default, value: {result: none}}}', { onFailure: 'fallback', fallback: { type: 'default', value: { kind: 'object' } } }],
    ['{fallback: {type: escalate, to: human-review}}', { fallback: { to: 'human-review', context: ['input', 'result', 'validation'], timeoutMs: null } }],
    [
      '{fallback: {type: cached, maxAge: 60000}, maxLatency: 3000, onTimeout: fallback}',
      { maxLatencyMs: 3_000, fallback: { type: 'cached', maxAgeMs: 60_000 } },
    ],
    ["{checks: [{name: not-empty, condition: '$result.length > 0'}]}", { checks: [{ name: 'not-empty', condition: { kind: 'binary', operator: '>' } }] }],
  ])('%s', (text, expected) => expect(work(`${HEAD}${AGENTS}validation: ${text}`)).toMatchObject({ validation: expected }));
});

describe('steps', () => {
  const steps = (text: string, rest = ''): PatternPlan['steps'] => planOf(`${HEAD}${rest}steps:\n${text}`).steps;

  it('take what the pattern says of agents where they say nothing', () => {
    const [step] = steps('  - {id: one}', `${AGENTS}aggregation: {strategy: voting}\n`);

    expect(step).toMatchObject({ work: { agents: { min: 3 }, aggregation: { strategy: 'voting' } } });
  });

  it('are passed over in the ordinary course when a gate or a switch before them leads to them', () => {
    const list = steps(`  - {id: a}
  - {id: check, type: gate, condition: $a.passed, onPass: output, onFail: c}
  - {id: b, then: {next: a}}
  - {id: c}
  - {id: back, type: gate, condition: $c.passed, onFail: {next: b}}`, AGENTS); // prettier-ignore

    expect(list.map(({ id, ledTo }) => [id, ledTo])).toEqual([['a', false], ['check', false], ['b', false], ['c', true], ['back', false]]); // prettier-ignore
    expect(list[1]).toMatchObject({ onPass: { kind: 'finish', value: null }, onFail: { kind: 'next', step: 'c' } });
    expect(list[2]).toMatchObject({ next: { kind: 'next', step: 'a' } });
  });

  it('try again from the step whose outcome is decided on', () => {
    const list = steps(`  - {id: a, output: first}
  - {id: b}
  - {id: check, type: switch, value: $first.confidence, cases: {high: {condition: gte 0.8, action: accept}, low: {action: retry, maxRetries: 2}}}
  - {id: same, type: compare, inputs: [$first, $b], similarity: 0.9, onInconsistent: retry}`, AGENTS); // prettier-ignore

    expect(list[2]).toMatchObject({
      cases: [
        { name: 'high', condition: { operator: '>=', left: { name: 'value' } }, route: { kind: 'finish', value: null } },
        { name: 'low', condition: { operator: '==' }, route: { kind: 'retry', step: 'a', maxRetries: 2 } },
      ],
      otherwise: { kind: 'continue' },
    });
    expect(list[3]).toMatchObject({ onInconsistent: { kind: 'retry', step: 'a', maxRetries: 1 } });
  });

  it.each([
    [
      '{id: s, type: parallel, branches: [{id: x}, {id: y, steps: [{id: z}]}]}',
      {
        branches: [
          { id: 'x', steps: [{ id: 'x' }] },
          { id: 'y', steps: [{ id: 'z' }] },
        ],
      },
    ],
    ['{id: s, type: merge, inputs: [$input], method: union}', { merge: { method: 'union' }, inputs: { kind: 'list' } }],
    [
      '{id: s, type: batch, items: $input.list, task: {input: $item}}',
      { concurrency: { value: 5 }, stopOnError: true, task: [{ id: 's-task', work: { input: { name: 'item' } } }] },
    ],
    ['{id: s, type: repeat, count: 3, task: {steps: [{id: t, input: {at: $index}}]}}', { count: { value: 3 }, task: [{ id: 't' }] }],
    ['{id: s, type: reduce, items: $input.list, operation: sum}', { merge: null, value: { kind: 'call', function: 'sum', arguments: [{ name: 'items' }] } }],
    ['{id: s, type: reduce, items: $input.list, operation: {n: {$count: $items}}}', { merge: null, value: { kind: 'object' } }],
    ['{id: s, type: reduce, items: $input.list, method: shallow}', { merge: { method: 'shallow' }, value: null }],
    ['{id: s, type: split, items: $input.list, chunkSize: 10}', { chunkSize: { value: 10 } }],
    ['{id: s, type: loop, condition: $t.score < 1, steps: [{id: t}]}', { maxIterations: 10, goOn: { kind: 'binary' }, condition: null, steps: [{ id: 't' }] }],
    ['{id: s, type: assign, values: {a: 1, b: $input}}', { values: [{ name: 'a' }, { name: 'b' }] }],
    ['{id: s, type: compute, operation: cosine_similarity, inputs: [$input.list, [1]]}', { value: { kind: 'call', function: 'cosine_similarity' } }],
    ['{id: s, type: compute, value: $input.n * 2}', { value: { kind: 'binary' } }],
    ['{id: s, type: escalate, to: people, timeout: 1000}', { escalation: { to: 'people', timeoutMs: 1_000, onTimeout: 'fail' } }],
    ['{id: s, type: default, value: {result: none}}', { value: { kind: 'object' } }],
    ['{id: s, pattern: other@1.x, input: {a: $input.n}}', { type: 'pattern', call: { name: 'other', range: '1.x' } }],
    ['{id: s, pattern: other}', { call: { range: '*', input: null } }],
    ['{id: s, onError: continue, condition: $input.n > 1}', { onError: { type: 'continue' }, condition: { kind: 'binary' } }],
    ['{id: s, onError: {type: retry, maxRetries: 2, delay: 100}}', { onError: { type: 'retry', maxRetries: 2, delayMs: 100 } }],
  ])('%s', (text, expected) => expect(steps(`  - ${text}`, `${AGENTS}input: {list: array, n: number}\n`)[0]).toMatchObject(expected));
});

describe('output', () => {
  it('keeps metrics apart', () => {
    expect(planOf(`${HEAD}${AGENTS}output: {a: $result, $metrics: [{name: n, value: $consensus.confidence}]}`)).toMatchObject({
      output: { kind: 'object', fields: [{ name: 'a' }] },
      metrics: [{ name: 'n', value: { kind: 'member' } }],
    });
  });
});

describe('what is wrong is told with its line, its column, its path and what was expected', () => {
  it.each<[string, string, object]>([
    ['an unknown field', `${HEAD}${AGENTS}agregation: {}`, { line: 4, column: 1, path: 'agregation', message: 'There is no field agregation here. Did you mean aggregation?', expected: expect.stringContaining('validation') }],
    ['an unknown field inside', `${HEAD}agents:\n  capabilities: [a]\n  minimum: 3`, { line: 5, column: 3, path: 'agents.minimum', expected: 'one of capabilities, min, max, taskTimeout, prefer, exclude' }],
    ['a missing version', `name: p\n${AGENTS}`, { path: 'version', message: 'It is missing.', expected: 'a semantic version such as 1.0.0' }],
    ['a version that is a number', `name: p\nversion: 1.2\n${AGENTS}`, { line: 2, column: 10, path: 'version', expected: 'a semantic version such as 1.2.0' }],
    ['a version that is none', `name: p\nversion: v1\n${AGENTS}`, { path: 'version', expected: 'three numbers, such as 1.0.0' }],
    ['a bad name', `name: a b\nversion: 1.0.0\n${AGENTS}`, { line: 1, path: 'name' }],
    ['no agents', HEAD, { path: '', message: 'It says nothing of agents.' }],
    ['a word that is none of the list', `${HEAD}${AGENTS}aggregation: {strategy: votng}`, { line: 4, column: 25, path: 'aggregation.strategy', message: '"votng" does not fit. Did you mean voting?' }],
    ['a number out of range', `${HEAD}agents: {capabilities: [a], min: 51}`, { line: 3, column: 34, path: 'agents.min', expected: 'a whole number from 1 to 50' }],
    ['max below min', `${HEAD}agents: {capabilities: [a], min: 3, max: 2}`, { path: 'agents.max', expected: 'at least 3' }],
    ['a text where a number is meant', `${HEAD}${AGENTS}validation: {minConfidence: high}`, { path: 'validation.minConfidence', expected: 'a number from 0 to 1' }],
    ['a fallback that is not there', `${HEAD}${AGENTS}validation: {onFailure: fallback}`, { path: 'validation.onFailure', message: 'There is no fallback to take.' }],
    ['an expression, at its character', `${HEAD}${AGENTS}output:\n  a: $result.confidence >`, { line: 5, column: 26, path: 'output.a', message: expect.stringContaining('The end stands where a value is needed') }],
    ['an expression in quotes, at its character', `${HEAD}${AGENTS}output:\n  a: '$result ++ 1'`, { line: 5, column: 16 }],
    ['an unknown variable', `${HEAD}${AGENTS}output: {a: $concensus.result}`, { line: 4, column: 13, path: 'output.a', message: 'There is no variable $concensus. Did you mean $consensus?' }],
    ['the variable of another strategy', `${HEAD}${AGENTS}output: {a: $vote.result}`, { message: 'There is no variable $vote.' }],
    ['an unknown field of the input', `${HEAD}${AGENTS}input: {text: string}\noutput: {a: $input.txt}`, { line: 5, message: 'The input has no field txt. Did you mean text?' }],
    ['a name without $', `${HEAD}${AGENTS}output: {a: $result.x == yes}`, { message: 'yes is no value here.', expected: "a variable ($yes) or a text in quotes ('yes')" }],
    ['a minus sign without a space', `${HEAD}${AGENTS}output: {a: $results-1}`, { message: 'There is no variable $results-1. Did you mean $results? A minus sign needs a space before it: $results - 1.' }],
    ['$item outside of a batch', `${HEAD}${AGENTS}output: {a: $item}`, { message: expect.stringContaining('There is no variable $item.') }],
    ['an unknown operator', `${HEAD}${AGENTS}output: {a: {$filtr: {}}}`, { line: 4, column: 14, message: 'There is no operator $filtr. Did you mean $filter?' }],
    ['an operator that is not alone', `${HEAD}${AGENTS}output: {a: {$min: [1], b: 2}}`, { message: '$min stands beside b.' }],
    ['a step that is not there', `${HEAD}${AGENTS}steps:\n  - {id: a, then: {next: bb}}\n  - {id: b}`, { line: 5, column: 26, path: 'steps[0].then.next', message: 'There is no step "bb" in this list.' }],
    ['the same id twice', `${HEAD}${AGENTS}steps:\n  - {id: a}\n  - {id: a}`, { line: 6, column: 10, path: 'steps[1].id' }],
    ['a reserved name', `${HEAD}${AGENTS}steps:\n  - {id: input}`, { path: 'steps[0].id', message: 'input has a meaning of its own.' }],
    ['an unknown type of step', `${HEAD}${AGENTS}steps:\n  - {id: a, type: gates}`, { path: 'steps[0].type', message: '"gates" does not fit. Did you mean gate?' }],
    ['a field of another type of step', `${HEAD}${AGENTS}steps:\n  - {id: a, type: split, items: [1], chunkSize: 1, branches: []}`, { path: 'steps[0].branches' }],
    ['a bad range of versions', `${HEAD}steps:\n  - {id: a, pattern: other@one}`, { path: 'steps[0].pattern', message: '"one" is no range of versions.' }],
    ['a regular expression that is none', `${HEAD}${AGENTS}input: {a: {type: string, pattern: '(x'}}`, { line: 4, path: 'input.a.pattern' }],
    ['a default that does not fit', `${HEAD}${AGENTS}input: {a: {type: number, default: x}}`, { path: 'input.a.default', expected: 'a number' }],
    ['bounds the wrong way round', `${HEAD}${AGENTS}input: {a: {type: string, minLength: 5, maxLength: 3}}`, { path: 'input.a.minLength' }],
    ['a field of another type of input', `${HEAD}${AGENTS}input: {a: {type: string, minimum: 5}}`, { path: 'input.a.minimum', message: 'There is no field minimum here.' }],
    ['no object at all', '- a\n- b', { line: 1, column: 1, path: '', message: 'A list is no object.' }],
    ['nothing at all', '', { line: 1, path: '' }],
    ['YAML that is none', 'name: [', { line: 1, message: expect.stringContaining('The YAML cannot be read') }],
    ['a key twice', 'name: a\nname: b', { line: 2, message: 'The key name stands twice.' }],
    ['a tag', `${HEAD}${AGENTS}metadata: {a: !!js/function 'x'}`, { line: 4, message: expect.stringContaining('tag') }],
    ['a number that JSON has not', `${HEAD}${AGENTS}metadata: {a: .inf}`, { path: 'metadata.a', message: 'Infinity cannot be said in JSON.' }],
  ])('%s', (_what, text, expected) => expect(errorsOf(text)).toContainEqual(expect.objectContaining(expected))); // prettier-ignore

  it('all of it at once, in the order of the lines', () => {
    const errors = errorsOf('name: p\nversion: x\nagents: {min: 0}\nfoo: 1\noutput: {a: $b}') as readonly { line: number }[];

    expect(errors.map(({ line }) => line)).toEqual([2, 3, 3, 4, 5]);
  });

  it('at most fifty', () => {
    expect(errorsOf(`${HEAD}${AGENTS}output: [${Array.from({ length: 90 }, (_, n) => `$unknown_${n}`).join(', ')}]`)).toHaveLength(50);
  });
});

describe('a definition that is too much', () => {
  it.each<[string, string, string]>([
    ['too long', `${HEAD}description: ${'x'.repeat(300_000)}`, 'characters'],
    ['thousands of levels', `${HEAD}metadata: ${'['.repeat(100_000)}`, ''],
    ['sixty levels and more', `${HEAD}metadata: {a: ${'['.repeat(80)}${']'.repeat(80)}}`, 'nested deeper'],
    ['too many values', `${HEAD}metadata: {a: [${'1,'.repeat(30_000)}]}`, 'more than 40000 words'],
    ['anchors that grow', `a: &a [${'x,'.repeat(9)}]\n${'bcdefghi'.split('').map((name, at) => `${name}: &${name} [${`*${String.fromCharCode(97 + at)},`.repeat(9)}]`).join('\n')}`, 'alias'],
    ['too many steps', `${HEAD}${AGENTS}steps:\n${Array.from({ length: 201 }, (_, n) => `  - {id: s${n}}`).join('\n')}`, 'at most 200'],
    ['steps too deep', `${HEAD}${AGENTS}steps: ${Array.from({ length: 9 }, (_, n) => `[{id: l${n}, type: loop, condition: 'false', steps: `).join('')}[{id: x}]${'}]'.repeat(9)}`, 'nested too deep'],
  ])('%s is refused', (_what, text, message) => {
    expect(errorsOf(text)).toContainEqual(expect.objectContaining({ message: expect.any(String) }));
    expect(JSON.stringify(errorsOf(text))).toContain(message);
  }); // prettier-ignore
});

it('passes over steps that are led to in the ordinary course', () => {
  const steps = [false, true, true, false, true].map((ledTo) => ({ ledTo }));

  expect([0, 1, 2, 3, 4].map((at) => following(steps, at))).toEqual([3, 3, 3, 5, 5]);
});

it.each<[string, string]>([
  ['unknown variables', `output: [${Array.from({ length: 190 }, () => `'${'$aa+'.repeat(18)}$aa'`).join(', ')}]`],
  ['unknown fields', Array.from({ length: 15_000 }, (_, n) => `unknown_${n}: 1`).join('\n')],
  ['unclosed texts', `output: [${Array.from({ length: 190 }, () => `'${'${'.repeat(600)}'`).join(', ')}]`],
  ['long expressions', `output: ['${'$input.a.b'.padEnd(30_000, '[0]')}']`],
  ['regular expressions', `input: {${Array.from({ length: 190 }, (_, n) => `f${n}: {type: string, pattern: '(x{1,100}){1,9}'}`).join(', ')}}`],
])('reads a hostile definition full of %s within seconds', (_what, text) => {
  const started = performance.now();

  parsePattern(`${HEAD}${AGENTS}${text}`);

  expect(performance.now() - started).toBeLessThan(10_000);
});
