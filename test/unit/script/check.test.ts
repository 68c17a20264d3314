/** What is wrong with a script is told with its place, in words, and with what would be right. */
import fc from 'fast-check';
import { checkScript } from '../../../src/domain/script/check/check-script';
import { DIAGNOSTICS_MAX } from '../../../src/domain/script/syntax/problem';
import { SCRIPT_MAX } from '../../../src/domain/script/syntax/lexer';
import { INVOICE } from './invoice';

const said = (source: string): readonly string[] =>
  checkScript(source).diagnostics.map(
    ({ severity, line, column, message, hint }) => `${severity} ${line}:${column} ${message}${hint === null ? '' : ` ${hint}`}`,
  );
const body = (...lines: readonly string[]): readonly string[] => said(['script "test"', ...lines].join('\n'));

describe('what cannot be read', () => {
  it.each([
    ['a verb with a slip', ['doo "x" with llm'], ['warning 2:1 This line is read as free text, because no verb begins it. Did you mean do?']],
    ['a verb with a slip, further down', ['let a = 1', 'doo "x" with llm'], ['error 3:1 Expected a declaration or a step, found `doo`. Did you mean do?']],
    ['a text without an end', ['let a = "x'], ['error 2:9 This text is not closed in its line. Write \\n for a new line in a text.']],
    ['a brace without an end', ['let a = "x {b"'], ['error 2:9 This text is not closed in its line. Write \\n for a new line in a text.']],
    ['nothing in braces', ['let a = "x {}"'], ['error 2:9 Nothing stands in the braces of this text. Write \\{ for a brace itself.']],
    ['brackets without an end', ['let a = [1, 2'], ['error 2:14 The script ends inside of brackets. Close every `(`, `[` and `{`.']],
    ['a tab', ['input', '\ta: text'], ['error 3:1 A tab indents this line; blocks are indented with spaces. Use two spaces for each level.']],
    ['chained comparisons', ['let a = 1 < 2 < 3'], ['error 2:15 Comparisons cannot be chained. Join two of them with `and`.']],
    ['a lambda alone', ['let a = x => x'], ['error 2:9 A lambda can only be an argument of a function. For example: map(items, item => item.name).']],
    ['a block that is missing', ['each x in [1]', 'let a = 1'], ['error 3:1 Expected the steps of the block in indented lines, found `let`.']],
    ['an indented line too many', ['let a = 1', '  let b = 2'], ['error 3:3 This line is indented, but no block begins before it. Begin it at the left.']],
    ['single quotes', ["let a = 'x'"], ['error 2:9 The character "\'" has no meaning here. Texts stand in double quotes.']],
    ['a second name', ['script "again"'], ['error 2:1 A script has one name. Write the second script into a file of its own.']],
  ])('tells of %s', (_what, lines, expected) => {
    expect(body(...lines).slice(0, 1)).toEqual(expected);
  });

  it('goes on after a line that it cannot read, and tells of each', () => {
    const diagnostics = body('let = 1', 'let good = 2', 'ask "x" -> ', 'let also = good', 'emit ]');

    expect(diagnostics.map((one) => one.split(' ')[1])).toEqual(['2:5', '4:12', '6:6']);
  });

  it('tells of at most so many mistakes, and of a script that is too long only that', () => {
    expect(body(...Array.from({ length: 500 }, () => 'let'))).toHaveLength(DIAGNOSTICS_MAX);
    expect(said(`script "x"\n${'-'.repeat(SCRIPT_MAX)}`)).toEqual([expect.stringMatching(/^error 1:1 A script has at most 1048576 characters/)]);
  });
});

it('never leaves an error out for warnings', () => {
  const doubtful = Array.from({ length: 300 }, () => 'doo "x" with llm');

  expect(said(['script "x"', ...doubtful, 'let a = b', ''].join('\n')).at(-1)).toMatch(/^error 302:9 `b` is not known here/);
});

describe('what means nothing', () => {
  it.each([
    ['a name that nobody bound', ['input', '  total: number', 'let a = totl'], 'error 4:9 `totl` is not known here. Did you mean total?'],
    [
      'a name that has a meaning elsewhere',
      ['let __proto__ = 1'],
      'error 2:1 `__proto__` is the name of something else already. A name means one thing; choose another one.',
    ],
    ['a name that is bound below', ['let a = b', 'let b = 1'], 'error 2:9 `b` is not known here. Names are known below the step that binds them.'],
    [
      'a name of a block, behind it',
      ['each x in [1]', '  let y = x', 'let a = y'],
      'error 4:9 `y` is not known here. Names are known below the step that binds them.',
    ],
    [
      'a name that is bound twice',
      ['let a = 1', 'let a = 2'],
      'error 3:1 `a` is the name of something else already. A name means one thing; choose another one.',
    ],
    ['a function that is none', ['let a = cont([1])'], 'error 2:9 There is no function `cont`. Did you mean count?'],
    ['a function with too little', ['let a = contains([1])'], 'error 2:9 `contains` takes 2 values, 1 is given.'],
    ['a function without brackets', ['let a = count'], 'error 2:9 `count` is not known here. `count` is a function: write count(…).'],
    [
      'a tool without an import',
      ['do with web_search'],
      'error 2:1 There is no tool `web_search` in this script. Import it: import tools, and below it web_search from native.',
    ],
    ['an argument of ask that is none', ['ask "x" -> a', '  promt = "y"'], 'error 3:3 `ask` has no argument `promt`. Did you mean prompt?'],
    ['a timeout that is none', ['ask "x" -> a', '  timeout = "soon"'], 'error 3:13 `timeout` is a duration, such as "30s", "5m", "24h" or "7d".'],
    ['an agent without a task', ['agent with llm -> a'], 'error 2:1 `agent` needs the argument `task`. Write task = … in a line below.'],
    ['a type that is none', ['input', '  a: txt'], 'error 3:6 There is no type `txt`. Did you mean text?'],
    ['a constraint of another type', ['input', '  a: boolean(min = 1)'], 'error 3:14 This type has no constraint `min`.'],
    ['an output that is not declared', ['output', '  a: text', 'emit', '  a = "y"', '  b = "x"'], 'error 6:3 `output` has no field `b`. Did you mean a?'],
    ['an output that is missing', ['output', '  a: text', 'emit'], 'error 4:1 `emit` gives no `a`, which `output` declares. Write a = … in a line below.'],
    [
      'an output that is never emitted',
      ['output', '  a: text', 'let b = 1'],
      'warning 3:3 The script declares an output and never emits one. End it with `emit`.',
    ],
    [
      'a branch that is not there',
      ['decide "x" with rules', '  when true -> "A"', '  "B":', '    let a = 1'],
      'error 3:3 There is no branch "A". Did you mean B?',
    ],
    [
      'a label that cannot be reached',
      ['check true', '  on fail: goto "start"'],
      'error 3:12 No step that can be reached from here is called "start". It must stand in this block or in one around it.',
    ],
    ['a plan that is none', ['let a = 1', 'run a'], 'error 3:1 `a` is no plan. A plan is made by `plan … -> name`; scripts are run by `run script "name"`.'],
    ['a step behind the end', ['emit 1', 'let a = 1'], 'warning 3:1 This step is never reached: `emit` ends the script.'],
    ['a stream of another name', ['do with llm ->> out'], 'error 2:13 Values flow only into the stream of the script. Write ->> stream.'],
    [
      'a default of another type',
      ['input', '  a: integer = 1.5'],
      'error 3:16 The default does not fit its own type. Expected a whole number, found the number 1.5.',
    ],
    ['a pattern that cannot be used', ['input', '  a: text(pattern = "(")'], 'error 3:21 The pattern cannot be used: '],
    ['bounds that hold nothing', ['input', '  a: number(min = 2, max = 1)'], 'error 3:6 `min` is above `max`: nothing is from 2 to 1.'],
    ['an input of a reserved name', ['input', '  env: text'], 'error 3:3 An input cannot be called `env`. What `env` holds is found under this name.'],
    [
      'a step that binds a reserved name',
      ['let input = 1'],
      'error 2:1 `input` is the name of something else already. A name means one thing; choose another one.',
    ],
    ['a lambda where a value belongs', ['let a = count(x => x)'], 'error 2:15 `count` takes no lambda here.'],
    ['a value where a lambda belongs', ['let a = map([1], 2)'], 'error 2:18 `map` takes a lambda here. For example: map(items, item => item.name).'],
    ['rules with arguments', ['decide "x" with rules', '  context = 1', '  when true -> "A"', '  "A":', '    let a = 1'], 'error 3:3 Rules take no arguments.'],
    ['tools that are computed', ['agent with llm', '  task = "t"', '  tools = range(3)'], 'error 4:11 `tools` is a list of tools: [web_search, read_file].'],
    ['a default that is computed', ['input', '  a: number = count([1])'], 'error 3:15 A default must be a value as it stands.'],
  ])('tells of %s', (_what, lines, expected) => {
    expect(body(...lines)[0]).toContain(expected);
  });

  it('knows after a decision what each of its branches bound', () => {
    const decide = (...end: readonly string[]): readonly string[] =>
      body('decide "x" with rules', '  when true -> "A"', ...end, '  "A":', '    let a = 1', '  "B":', '    let a = 2', 'let b = a');

    expect(decide('  otherwise -> "B"')).toEqual([]);
    expect(decide('  when false -> "B"')).toEqual([expect.stringContaining('`a` is not known here.')]);
  });

  it('lets a step hide an input of its name, and a round be asked about what it bound', () => {
    expect(body('input', '  label: text', 'let label = "x {input.label}"', 'repeat until found max 3', '  let found = label == "x"')).toEqual([]);
  });

  it('names the tools that are used, and where they come from', () => {
    const { tools } = checkScript(
      'script "x"\nimport tools\n  search from native\n  read from mcp.files as read_file\nagent with llm\n  task = "t"\n  tools = [read_file]\n',
    );

    expect(tools).toEqual([
      { name: 'llm', source: 'native' },
      { name: 'read_file', source: 'mcp.files' },
    ]);
  });
});

it('comes to an end with every text, and never throws', () => {
  const cut = fc.tuple(fc.nat({ max: INVOICE.length }), fc.nat({ max: 40 }), fc.string({ unit: 'binary', maxLength: 12 }));
  const spoilt = fc
    .array(cut, { minLength: 1, maxLength: 6 })
    .map((cuts) => cuts.reduce((text, [at, length, put]) => text.slice(0, at) + put + text.slice(at + length), INVOICE));
  fc.assert(
    fc.property(fc.oneof(spoilt, fc.string({ unit: 'binary', maxLength: 200 })), (source) => {
      for (const { line, column, message } of checkScript(source).diagnostics) {
        expect(line).toBeGreaterThan(0);
        expect(column).toBeGreaterThan(0);
        expect(message).not.toBe('');
      }
    }),
    { numRuns: 500 },
  );
}, 60_000);
