import { assertAllowed } from '../../../src/run-tools/shell/profiles';
import { parseCommand } from '../../../src/run-tools/shell/parse-command';

it.each([
  ['ls -la src', [['ls', '-la', 'src']]],
  ['grep \'a b\' "c d" e\\ f', [['grep', 'a b', 'c d', 'e f']]],
  ['cat x|sort | uniq -c', [['cat', 'x'], ['sort'], ['uniq', '-c']]],
  [`echo "it's" '"$HOME"' ''`, [['echo', "it's", '"$HOME"', '']]],
  ['echo "a\\"b" "\\$5" "5$" a"b"c', [['echo', 'a"b', '$5', '5$', 'abc']]],
  ["find . -name '*.ts'", [['find', '.', '-name', '*.ts']]],
  ["grep 'a && b; c > d' x", [['grep', 'a && b; c > d', 'x']]],
  ['git show HEAD~1 a#b', [['git', 'show', 'HEAD~1', 'a#b']]],
])('reads %s', (command, expected) => {
  expect(parseCommand(command)).toEqual(expected);
});

it.each([
  'a && b',
  'a || b',
  'a; b',
  'a & b',
  'a\nb',
  'a $(b)',
  'a `b`',
  'a $B',
  'a "$B"',
  'a "`b`"',
  'a "$(b)"',
  'a > b',
  'a < b',
  'a 2>&1',
  'ls *.ts',
  'ls a?',
  'ls {a,b}',
  '(a)',
  'cat ~/x',
  'a # b',
  "a 'b",
  'a "b',
  'a \\',
  'a |',
  '| a',
  'a | | b',
  '',
  '  ',
  'x'.repeat(2_049),
  Array.from({ length: 17 }, () => 'a').join('|'),
])('refuses %j, which a shell would act on or nobody could read', (command) => {
  expect(() => parseCommand(command)).toThrow(expect.objectContaining({ code: 'tool.refused', facts: expect.objectContaining({ begun: false }) }));
});

it.each([
  ['inspect', 'cat x'],
  ['inspect', 'git log --oneline'],
  ['build', 'npm test'],
  ['mutate', 'git commit -m x'],
  ['mutate', 'rm x'],
  ['networked', 'git fetch'],
  ['networked', 'curl https://example.com'],
] as const)('%s has %s', (profile, command) => {
  expect(() => assertAllowed(parseCommand(command), profile)).not.toThrow();
});

it.each([
  ['inspect', 'node x.js'],
  ['inspect', 'cat x | tee y'],
  ['inspect', 'find . -delete'],
  ['inspect', 'find . -exec x'],
  ['inspect', 'sort -o x y'],
  ['inspect', 'sort --compress-program=x y'],
  ['inspect', 'rg --pre x y'],
  ['inspect', 'git commit'],
  ['inspect', 'git -c core.pager=x log'],
  ['inspect', 'git diff --ext-diff'],
  ['inspect', 'git grep -Ovi x'],
  ['build', 'rm x'],
  ['mutate', 'curl https://example.com'],
  ['mutate', 'git push'],
  ['mutate', 'rm -rf /'],
  ['networked', 'sh -c x'],
  ['networked', 'env x'],
  ['networked', 'xargs rm'],
  ['networked', 'sudo ls'],
  ['networked', '/bin/ls'],
  ['networked', './x'],
] as const)('%s does not have %s', (profile, command) => {
  expect(() => assertAllowed(parseCommand(command), profile)).toThrow(expect.objectContaining({ code: 'tool.refused' }));
});
