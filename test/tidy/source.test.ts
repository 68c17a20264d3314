import ts from 'typescript';
import { filesIn, PRODUCT, textOf } from './source-files';

const FILE_LINES = 300;
const FUNCTION_LINES = 60;
/** Files that are longer, and by how much they may be. This list may only shrink. */
const LONGER: Readonly<Record<string, number>> = {};

/** What each rule forbids, where, and what to do instead. */
const BANNED: readonly { readonly what: RegExp; readonly where: (path: string) => boolean; readonly instead: string }[] = [
  { what: /\bnew (Type|Range)?Error\(/, where: (path) => !path.startsWith('src/errors/'), instead: 'throw a Fault: it keeps its kind and code on every wire' },
  {
    what: /\bDate\.now\(|\bMath\.random\(|\bnew Date\(\)/,
    where: (path) => path.startsWith('src/domain/'),
    instead: 'take the time or the number as an argument: the domain is replayed',
  },
  {
    what: /^(export )?(let|var) |^(export )?const \w+ = new (Map|Set|WeakMap|WeakSet|Array)\b/,
    where: (path) => /^(src\/(domain|contracts|errors)|workflows)\//.test(path),
    instead: 'keep no state in a module, or type it as readonly: workflows share these modules (workflows/preload.ts)',
  },
  {
    what: /\bprocess\.env\b/,
    where: (path) => /^(src\/(domain|contracts|errors|gateway|store|surfaces)|workflows)\//.test(path),
    instead: 'read settings in src/config and pass them on',
  },
  { what: /\b(exec|execSync)\(\s*['"`]|shell:\s*true/, where: () => true, instead: 'use an argument array' },
  { what: /\b(TODO|FIXME|XXX|HACK)\b/, where: () => true, instead: 'finish it, or file an issue' },
];

it.each(BANNED.map((rule) => [String(rule.what), rule] as const))('has no %s where it does not belong', (_name, { what, where, instead }) => {
  const found = PRODUCT.filter(where).flatMap((path) =>
    textOf(path)
      .split('\n')
      .flatMap((line, index) => (what.test(line) && !/^\s*(\/\/|\*|\/\*)/.test(line) ? [`${path}:${index + 1} (${instead})`] : [])),
  );

  expect(found).toEqual([]);
});

const BY_HAND = PRODUCT.filter((path) => !/^src\/(client|surfaces\/scriptum)\/generated\//.test(path));

it(`has no file over ${FILE_LINES} lines`, () => {
  const long = BY_HAND.map((path) => ({ path, lines: textOf(path).trimEnd().split('\n').length })).filter(
    ({ path, lines }) => lines > (LONGER[path] ?? FILE_LINES),
  );

  expect(long).toEqual([]);
});

it(`has no function over ${FUNCTION_LINES} lines`, () => {
  expect(PRODUCT.flatMap((path) => longFunctions(path))).toEqual([]);
});

it('finds a function that is too long', () => {
  const body = Array.from({ length: FUNCTION_LINES }, () => '  work();').join('\n');

  expect(longFunctions('sample.ts', `function f() {\n${body}\n}\nclass C { m = () => {\n${body}\n}; }`)).toEqual([
    `sample.ts:1 f has ${FUNCTION_LINES + 2} lines`,
    `sample.ts:${FUNCTION_LINES + 3} (anonymous) has ${FUNCTION_LINES + 2} lines`,
  ]);
});

function longFunctions(path: string, text = textOf(path)): string[] {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.ES2023, true);
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node)) {
      const first = file.getLineAndCharacterOfPosition(node.getStart()).line;
      const lines = file.getLineAndCharacterOfPosition(node.getEnd()).line - first + 1;
      if (lines > FUNCTION_LINES) found.push(`${path}:${first + 1} ${node.name?.getText() ?? '(anonymous)'} has ${lines} lines`);
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

it('numbers every migration once, without a gap', () => {
  const numbers = filesIn('src/store/migrations', '.sql').map((path) => Number(path.split('/').at(-1)?.slice(0, 4)));

  expect(numbers).toEqual(numbers.map((_number, index) => index + 1));
});

it('keeps every test running', () => {
  const off = /\b(it|test|describe)\.(skip|only|todo)\b|\bx(it|describe|test)\(|\bf(it|describe)\(/;
  const skipped = filesIn('test', '.test.ts')
    .filter((path) => !path.endsWith('source.test.ts'))
    .flatMap((path) =>
      textOf(path)
        .split('\n')
        // What a machine lacks may be a reason, which then stands on the line.
        .flatMap((line, index) => (off.test(line) && !line.includes('// skipped because ') ? [`${path}:${index + 1}`] : [])),
    );

  expect(skipped).toEqual([]);
});
