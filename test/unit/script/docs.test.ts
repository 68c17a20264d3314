/** docs/scriptum.md: its examples mean something and are written the one way, and nothing of the language is missing. */
import { checkScript } from '../../../src/domain/script/check/check-script';
import { FUNCTIONS } from '../../../src/domain/script/check/functions';
import { printScript } from '../../../src/domain/script/syntax/print';
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
