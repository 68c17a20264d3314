import { createRequire } from 'node:module';
import ts from 'typescript';
import { FUNCTIONS } from '../../../src/contracts/pattern/expression';
import { OUTCOME_WORDS } from '../../../src/contracts/pattern/outcome';
import { Reading } from '../../../src/domain/pattern/definition/reading';
import { OPERATOR_NAMES } from '../../../src/domain/pattern/definition/values';
import { parsePattern } from '../../../src/domain/pattern/parse-pattern';
import * as patterns from '../../../src/patterns/patterns';
import { textOf } from '../../tidy/source-files';

const PAGE = textOf('docs/patterns.md');
const blocks = (language: string): string[] =>
  [...PAGE.matchAll(new RegExp(`^\`\`\`${language}\n([\\s\\S]*?)^\`\`\`$`, 'gm'))].map(([, block]) => block as string);
const YAML = blocks('yaml');

it.each(YAML.map((block) => [/^name: (\S+)/.exec(block)?.[1] ?? block, block]))('the example %s compiles', (_name, block) => {
  const parsed = parsePattern(block);

  expect(parsed.ok ? [] : parsed.errors).toEqual([]);
});

/** Every field and every word that the reader of definitions knows, as it asks for them while it reads the examples. */
function askedFor(): { readonly fields: ReadonlySet<string>; readonly words: ReadonlySet<string>; readonly used: ReadonlySet<string> } {
  const fields = new Set<string>();
  const words = new Set<string>();
  const used = new Set<string>();
  const objects = jest.spyOn(Reading.prototype, 'object').mockImplementation(function (this: Reading, value, path, known) {
    known.forEach((name) => fields.add(name));
    return this.map(value, path);
  });
  const maps = jest.spyOn(Reading.prototype, 'map');
  const oneOf = jest.spyOn(Reading.prototype, 'oneOf');
  YAML.forEach(parsePattern);
  for (const [value] of maps.mock.calls) Object.keys((value as object | undefined) ?? {}).forEach((key) => used.add(key));
  for (const [, , list] of oneOf.mock.calls) list.forEach((word) => words.add(word));
  for (const spy of [objects, maps, oneOf]) spy.mockRestore();
  return { fields, words, used };
}

it('has an example of every field', () => {
  const { fields, used } = askedFor();

  expect(fields.size).toBeGreaterThan(150);
  expect([...fields].filter((field) => !used.has(field))).toEqual([]);
});

it('has every word, operator, function and word of an outcome', () => {
  const { words } = askedFor();
  const said = (word: string): boolean => new RegExp(`(?<![\\w$-])${word.replace('$', '\\$')}(?![\\w-])`).test(PAGE);

  expect(words.size).toBeGreaterThan(100);
  expect([...words, ...Object.keys(FUNCTIONS), ...OUTCOME_WORDS].filter((word) => !said(word))).toEqual([]);
  expect(OPERATOR_NAMES.filter((name) => !said(name) && !(name.slice(1) in FUNCTIONS))).toEqual([]);
});

it('shows an error as it is', () => {
  const [block] = YAML as [string];
  const [shown] = blocks('json').map((json) => JSON.parse(json) as object);
  const parsed = parsePattern(block.replace('  method:', '  metod:').replace('description: Classify content using multi-agent voting\n', ''));

  expect(parsed).toMatchObject({ ok: false, errors: [{ ...shown, line: 12 }] });
});

it('has TypeScript that does what it says', () => {
  const [source] = blocks('ts') as [string];
  const { outputText } = ts.transpileModule(source, { compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 } });
  const found: Record<string, any> = {};
  const load = createRequire(__filename);

  new Function('exports', 'require', outputText)(found, (name: string): unknown => (name === 'everthread/patterns' ? patterns : load(name)));

  expect(found).toMatchObject({
    again: { ok: true },
    mistakes: ['There is no variable $votes. Did you mean $vote?'],
    moderation: { name: 'moderation-voting', agents: { min: 3 } },
  });
  expect(found['yaml']).toContain('strategy: voting');
});
