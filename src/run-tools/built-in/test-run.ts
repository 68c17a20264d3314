/** Running the tests of the workspace (digest §5). */
import { readdir } from 'node:fs/promises';
import { z } from 'zod';
import type { Tool } from '../../contracts/run/ports';
import { run, receiptOf, type ProcessTools } from '../shell/shell';
import { builtIn, refused } from '../tool';
import { inFolder } from '../workspace/confined-path';

const TIMEOUT_MS = 300_000;
const KEPT_MAX = 16 * 1_024;

// No option of the runner may come in this way.
const Word = z.string().regex(/^[^-\s][^\0\r\n]{0,199}$/, 'expected a name that does not begin with a dash');
const Arguments = z.strictObject({
  package: Word.optional().describe('Package, crate or folder whose tests are run; by default all.'),
  filter: Word.optional().describe('Only tests whose name has this.'),
});
type Asked = z.output<typeof Arguments>;

/** In this order: the first whose file is there is taken. */
const RUNNERS: readonly { readonly marker: string; readonly argv: (asked: Asked) => readonly string[] }[] = [
  {
    marker: 'Cargo.toml',
    argv: ({ package: crate, filter }) => ['cargo', 'test', ...(crate === undefined ? [] : ['--package', crate]), ...(filter === undefined ? [] : [filter])],
  },
  {
    marker: 'package.json',
    argv: ({ package: workspace, filter }) => [
      ...['npm', 'test', ...(workspace === undefined ? [] : ['--workspace', workspace])],
      ...(filter === undefined ? [] : ['--', '-t', filter]),
    ],
  },
  ...['pyproject.toml', 'pytest.ini', 'setup.cfg', 'setup.py'].map((marker) => ({
    marker,
    argv: ({ package: folder, filter }: Asked) => ['pytest', ...(filter === undefined ? [] : ['-k', filter]), ...(folder === undefined ? [] : ['--', folder])],
  })),
  {
    marker: 'go.mod',
    argv: ({ package: folder, filter }) => ['go', 'test', ...(filter === undefined ? [] : ['-run', filter]), folder ?? './...'],
  },
];

export const testRun = (rules: ProcessTools): Tool =>
  builtIn({
    name: 'test_run',
    description: 'Runs the tests of the workspace with cargo, npm, pytest or go, whichever it is made for.',
    effect: 'external',
    risk: 'medium',
    args: Arguments,
    wallClockMs: TIMEOUT_MS,
    perform: async (asked, context) => {
      const names = await inFolder(context.workspace, [], {}, ({ path }) => readdir(path));
      const runner = RUNNERS.find(({ marker }) => names.includes(marker));
      if (!runner) throw refused(`The workspace has none of ${RUNNERS.map(({ marker }) => marker).join(', ')}; what its tests are is not known.`);
      const argv = runner.argv(asked);
      const request = { stages: [argv], cwd: context.workspace, network: rules.network, timeoutMs: TIMEOUT_MS, keptBytes: KEPT_MAX };
      const ended = await run(rules, context, request);
      const { exitCode, stdout, stderr } = ended;
      const receipt = receiptOf(rules, rules.network, ended);
      return { output: { command: argv.join(' '), cwd: context.workspace, exit_code: exitCode, stdout, stderr, passed: exitCode === 0, receipt }, delta: [] };
    },
  });
