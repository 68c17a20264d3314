/** The intermediate representation: compiled from texts, written as YAML and JSON, and printed as a text again. */
import fc from 'fast-check';
import type { ScriptIr } from '../../../src/contracts/script/ir';
import { compileScript, formatOf } from '../../../src/domain/script/compile-script';
import { compile } from '../../../src/domain/script/ir/compile';
import { printIrText, printIrYaml } from '../../../src/domain/script/ir/print-ir';
import { readIr, scriptFrom } from '../../../src/domain/script/ir/source/read-ir';
import { parseScript } from '../../../src/domain/script/syntax/parse';
import { printScript } from '../../../src/domain/script/syntax/print';
import { Problems } from '../../../src/domain/script/syntax/problem';
import { textOf } from '../../tidy/source-files';
import { arbitraryScript } from './arbitrary-script';
import { INVOICE } from './invoice';

const EXAMPLES = [...textOf('docs/scriptum.md').matchAll(/^```scriptum\n([\s\S]*?)^```$/gm)].map(([, example]) => example as string);
/** Lines say where something stood, and are no part of what it says. */
const unplaced = (value: unknown): unknown => JSON.parse(JSON.stringify(value, (key, inner: unknown) => (key === 'line' || key === 'at' ? undefined : inner)));
const irOf = (content: string): ScriptIr => {
  const { ir, diagnostics } = compileScript(content);
  expect(diagnostics).toEqual([]);
  return ir as ScriptIr;
};

it('compiles the invoice example', () => {
  expect(compileScript(INVOICE)).toMatchObject({
    ok: true,
    contract: {
      input: [{ name: 'invoice_id', type: 'text' }],
      output: [
        { name: 'invoice_id', type: 'text' },
        { name: 'approved', type: 'boolean' },
      ],
      stream: null,
      env: [],
      enums: {},
    },
    toolsRequired: [],
    ir: {
      ir: 1,
      name: 'invoice-parser',
      version: '0.1.0',
      steps: [
        { primitive: 'let', line: 11, name: 'label', value: '"Invoice {invoice_id}"' },
        {
          primitive: 'ask',
          label: 'Approve?',
          line: 13,
          bind: 'answer',
          type: 'text',
          args: { prompt: '"{label}: approve?"', options: '["approve", "reject"]', timeout: '"24h"', max_retries: '2' },
        },
        { primitive: 'emit', line: 20, args: { invoice_id: 'invoice_id', approved: 'answer.value == "approve"' } },
      ],
    },
  });
});

it('refuses an argument that an object of JavaScript would take for something else, instead of leaving it out', () => {
  const said = (step: string): readonly string[] =>
    compileScript(`ir: 1\nname: x\nsteps:\n  - ${step}\n`).diagnostics.map(({ line, message }) => `${line} ${message}`);

  expect(said('{ primitive: execute, tool: llm, args: { prompt: a, __proto__: { b: 1 } } }')).toEqual(['4 steps[0].args: `__proto__` cannot be a name.']);
  expect(said('{ primitive: emit, args: { __proto__: 1 } }')).toEqual(['4 steps[0].args: `__proto__` cannot be a name.']);
  expect(said('{ primitive: let, name: __proto__, value: 1 }')).toEqual(['4 steps[0].name: This is a word of the language; it cannot be a name.']);
});

it.each(EXAMPLES.map((example) => [/^script "([^"]+)"/.exec(example)?.[1] ?? example, example]))(
  '%s comes back the same from YAML, JSON and text',
  (_name, example) => {
    const ir = irOf(example);
    const yaml = printIrYaml(ir);
    const json = JSON.stringify(ir, null, 2);

    expect([formatOf(example), formatOf(yaml), formatOf(json)]).toEqual(['scriptum', 'yaml', 'json']);
    expect(unplaced(irOf(yaml))).toEqual(unplaced(ir));
    expect(unplaced(irOf(json))).toEqual(unplaced(ir));
    expect(unplaced(irOf(printIrText(ir) as string))).toEqual(unplaced(ir));
  },
);

it('tells tools by the names that steps use, and where they come from', () => {
  const { toolsRequired, ir } = compileScript(
    'script "x"\nimport tools\n  search from native\n  read from mcp.files as read_file\nagent with llm\n  task = "t"\n  tools = [read_file]\n',
  );

  expect(toolsRequired).toEqual([
    { name: 'llm', tool: 'llm', source: 'native' },
    { name: 'read_file', tool: 'read', source: 'mcp.files' },
  ]);
  expect(ir?.steps[0]).toMatchObject({ args: { tools: '["read_file"]' } });
});

/** Of headings alone, which are no steps: the check refuses it. */
const hasEmptyBlock = ({ steps, on_error: onError }: ScriptIr): boolean => /"steps":\[\]/.test(JSON.stringify([steps, onError])) || onError?.length === 0;

it('says the same as a text, whatever the script', () => {
  fc.assert(
    fc.property(arbitraryScript, (script) => {
      const ir = compile(parseScript(printScript(script)).script);
      fc.pre(!hasEmptyBlock(ir));
      const problems = new Problems();
      const back = scriptFrom(ir, problems);
      expect(problems.all).toEqual([]);
      expect(back).not.toBeNull();
      const text = printScript(back as NonNullable<typeof back>);
      const { script: again, diagnostics } = parseScript(text);
      expect(diagnostics).toEqual([]);
      expect(unplaced(compile(again))).toEqual(unplaced(ir));
      expect(printScript(again)).toBe(text);
    }),
    { numRuns: 150 },
  );
}, 60_000);

it('reads the YAML that it prints, whatever the script', () => {
  fc.assert(
    fc.property(arbitraryScript, (script) => {
      const ir = compile(parseScript(printScript(script)).script);
      fc.pre(!hasEmptyBlock(ir));
      const problems = new Problems();
      const back = readIr(printIrYaml(ir), problems);
      expect(problems.all).toEqual([]);
      expect(unplaced(compile(back as NonNullable<typeof back>))).toEqual(unplaced(ir));
    }),
    { numRuns: 100 },
  );
}, 60_000);

describe('what somebody writes as YAML', () => {
  const said = (...lines: readonly string[]): readonly string[] =>
    compileScript(['ir: 1', 'name: test', ...lines].join('\n')).diagnostics.map(
      ({ severity, line, column, message, hint }) => `${severity} ${line}:${column} ${message}${hint === null ? '' : ` ${hint}`}`,
    );

  it('may leave out what is usual, and let values stand for themselves', () => {
    const { ir, diagnostics } = compileScript(
      [
        'ir: 1',
        'name: short',
        'input:',
        '  - { name: limit, type: integer, default: 3 }',
        'tools:',
        '  - { name: search, source: native }',
        'steps:',
        '  - { primitive: execute, tool: search, bind: found, args: { query: \'"x {limit}"\', deep: { a: [1, "b", null, -2.5] } } }',
        '  - { primitive: emit, value: found }',
      ].join('\n'),
    );

    expect(diagnostics).toEqual([]);
    expect(ir).toMatchObject({
      input: [{ name: 'limit', type: 'integer', default: '3' }],
      output: [],
      tools: [{ name: 'search', tool: 'search', source: 'native' }],
      steps: [
        { line: 8, args: { query: '"x {limit}"', deep: '{ a: [1, "b", null, -2.5] }' } },
        { primitive: 'emit', value: 'found' },
      ],
    });
  });

  it.each([
    ['a key that is none', ['step: []'], 'error 3:7 script: There is no `step` here. Did you mean steps?'],
    [
      'a key of a step that is none',
      ['steps:', '  - { primitive: let, nam: a, name: b, value: 1 }'],
      'error 4:28 steps[0]: There is no `nam` here. Did you mean name?',
    ],
    ['a primitive that is none', ['steps:', '  - { primitive: lett }'], 'error 4:18 steps[0].primitive: Expected `primitive`: one of '],
    ['a field without a type', ['input:', '  - { name: a }'], 'error 4:5 input[0].type: Expected a text, found nothing.'],
    ['a list that is none', ['steps: 5'], 'error 3:8 steps: Expected a list, found a number.'],
    ['another edition', ['ir: 2'], 'error 3:1 The key ir stands twice. Expected each key once.'],
    ['YAML that cannot be read', ['steps: ['], 'error 3:9 The YAML cannot be read: '],
    [
      'an expression that cannot be read',
      ['steps:', '  - { primitive: let, name: a, value: "1 +" }'],
      'error 4:43 Expected a value, found the end of the script.',
    ],
    ['a name that nobody bound', ['steps:', '  - primitive: let', '    name: a', "    value: 'b + 1'"], 'error 6:13 `b` is not known here.'],
    ['a tool that is not imported', ['steps:', '  - { primitive: execute, tool: search }'], 'error 4:5 There is no tool `search` in this script.'],
    ['both of two', ['steps:', '  - { primitive: wait, for: \'"1s"\', until: \'"x"\' }'], 'error 4:5 Expected either `for` or `until`, found both.'],
    ['a default of another type', ['input:', '  - { name: a, type: integer, default: "x" }'], 'error 4:41 A default must be a value as it stands.'],
    ['a type that is none', ['input:', '  - { name: a, type: txt }'], 'error 4:22 There is no type `txt`. Did you mean text?'],
    ['a branch without steps', ['steps:', '  - primitive: parallel', '    lanes: [{ name: a, steps: [] }]'], 'error 5:13 Nothing is done in this block.'],
  ])('is told of %s', (_what, lines, expected) => {
    expect(said(...lines)[0]).toContain(expected);
  });

  it('is refused where it is too much of it', () => {
    const deep = `${'['.repeat(300)}${']'.repeat(300)}`;

    expect(said(`steps: ${deep}`)[0]).toContain('The script is nested deeper than 260 levels.');
    expect(said(`steps: [${'{},'.repeat(250_000)}]`)[0]).toContain('words and signs');
  });
});

it('says which format a text is of', () => {
  const formats = ['-- a comment\nscript "x"', '# a comment\nir: 1', '---\nir: 1', '  {"ir": 1}', 'nonsense', '', '"ir": 1'].map((content) =>
    formatOf(content),
  );

  expect(formats).toEqual(['scriptum', 'yaml', 'yaml', 'json', 'scriptum', 'scriptum', 'yaml']);
});

it('refuses a block of headings alone', () => {
  expect(compileScript('script "x"\neach a in [1]\n  section "nothing"\n').diagnostics[0]).toMatchObject({
    line: 2,
    column: 1,
    message: 'Nothing is done in this block.',
  });
});

it('has no script where there are errors, and names the file', () => {
  expect(compileScript('script "x"\nlet a = b', 'scriptum', 'draft')).toEqual({
    ok: false,
    ast: null,
    ir: null,
    irYaml: null,
    contract: null,
    toolsRequired: [],
    diagnostics: [
      { file: 'draft', line: 2, column: 9, severity: 'error', message: '`b` is not known here.', hint: 'Names are known below the step that binds them.' },
    ],
  });
});
