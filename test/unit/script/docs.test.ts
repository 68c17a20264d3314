/** docs/scriptum.md: its examples mean something and are written the one way, and nothing of the language is missing. */
import { checkScript } from '../../../src/domain/script/check/check-script';
import { FUNCTIONS } from '../../../src/domain/script/check/functions';
import { printScript } from '../../../src/domain/script/syntax/print';
import { IR_PRIMITIVES } from '../../../src/contracts/script/primitives';
import { compileScript } from '../../../src/domain/script/compile-script';
import { VERBS } from '../../../src/domain/script/syntax/words';
import { textOf } from '../../tidy/source-files';

const PAGE = textOf('docs/scriptum.md');
const EXAMPLES = [...PAGE.matchAll(/^```scriptum\n([\s\S]*?)^```$/gm)].map(([, example]) => example as string);

it.each(EXAMPLES.map((example) => [/^script "([^"]+)"/.exec(example)?.[1] ?? example, example]))(
  'the example %s means something, and is formatted',
  (_name, example) => {
    const { script, diagnostics } = checkScript(example);

    expect(diagnostics).toEqual([]);
    expect(printScript(script)).toBe(example);
  },
);

it('has an example of every verb, and names every function', () => {
  const said = (verb: string): boolean => EXAMPLES.some((example) => new RegExp(`^ *${verb}\\b`, 'm').test(example));

  expect(VERBS.filter((verb) => !said(verb))).toEqual([]);
  expect(Object.keys(FUNCTIONS).filter((name) => !PAGE.includes(`\`${name}\``))).toEqual([]);
});

it('has a representation that compiles as it stands, and names every primitive', () => {
  const [, yaml = ''] = /^```yaml\n([\s\S]*?)^```$/m.exec(PAGE) ?? [];

  const fromYaml = compileScript(yaml);
  const fromText = compileScript(EXAMPLES[0] as string);

  expect([fromYaml.diagnostics, fromText.diagnostics]).toEqual([[], []]);
  expect(withoutLines(fromYaml.ir)).toEqual(withoutLines(fromText.ir));
  expect(IR_PRIMITIVES.filter((primitive) => !PAGE.includes(`\`${primitive}\``))).toEqual([]);
});

const withoutLines = (value: unknown): unknown => JSON.parse(JSON.stringify(value, (key, inner: unknown) => (key === 'line' ? undefined : inner)));
