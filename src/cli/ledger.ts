/** `everthread ledger …`: whether ledgers are what was written, in the database or in an export of anybody, and the keys that sign them. */
import { readFile, stat } from 'node:fs/promises';
import { Command, InvalidArgumentError } from 'commander';
import { readConfig } from '../config/config';
import { sealingKeysOf } from '../config/kept';
import type { Pins, Verdict } from '../domain/run/ledger/verify';
import { Fault } from '../errors/fault';
import type { Store } from '../store/store';
import { withDatabase } from './database';

const EXPORT_MAX_BYTES = 256 * 1024 * 1024;

const print = (line: string): void => void process.stdout.write(`${line}\n`);

const key = (value: string, keys: readonly string[] = []): readonly string[] => {
  if (/^[0-9a-f]{64}$/i.test(value)) return [...keys, value.toLowerCase()];
  throw new InvalidArgumentError('Expected a public key: 64 hex digits, as `everthread ledger keys` prints them.');
};

export const ledgerCommand = (): Command =>
  new Command('ledger')
    .description('check the ledgers of runs')
    .addCommand(verifyCommand())
    .addCommand(checkCommand())
    .addCommand(keysCommand())
    .addCommand(rotateCommand());

async function withStore<T>(work: (store: Store) => Promise<T>): Promise<T> {
  const sealing = sealingKeysOf(readConfig());
  return withDatabase('everthread-ledger', async (pool) => {
    const { store } = await import('../store/store.js');
    const opened = store(pool, { url: '', sealing });
    try {
      return await work(opened);
    } finally {
      await opened.close();
    }
  });
}

const lineOf = (name: string, verdict: Verdict, counts: string): string =>
  verdict.status === 'ok' ? `${name}  ok  ${counts}` : `${name}  ${verdict.status.toUpperCase()}  ${verdict.message}`;

const verifyCommand = (): Command =>
  new Command('verify')
    .description('replay every trajectory in the database of the configuration; the exit code is 1 when one is not what was written')
    .option('--tenant <name>', 'only of this tenant')
    .option('--quiet', 'print only what is wrong, and the sum')
    .action(async ({ tenant: only, quiet }: { readonly tenant?: string; readonly quiet?: boolean }) => {
      const { checked, bad } = await withStore(async ({ ledgerReads }) => {
        const sum = { checked: 0, bad: 0 };
        for (let page = await ledgerReads.trajectories(null); page.length > 0; page = await ledgerReads.trajectories(page.at(-1) ?? null)) {
          for (const named of page.filter(({ tenant }) => only === undefined || tenant === only)) {
            const { verdict, entries_seen, commits_replayed } = await ledgerReads.replay(named, { compiler: null, policySet: null, signature: false });
            sum.checked += 1;
            if (verdict.status !== 'ok') sum.bad += 1;
            const counts = `${entries_seen} entries, ${commits_replayed} commits`;
            if (!quiet || verdict.status !== 'ok') print(lineOf(`${named.tenant} run ${named.runId} traj:${named.trajectoryId}`, verdict, counts));
          }
        }
        return sum;
      });
      print(`${checked} trajectories, ${bad} not as they were written`);
      if (bad > 0) process.exitCode = 1;
    });

interface CheckOptions {
  readonly key?: readonly string[];
  readonly requireSignature?: boolean;
  readonly requireCompiler?: string;
}

const checkCommand = (): Command =>
  new Command('check')
    .description(
      'check an export of GET /audit/entries by itself, of this system or of a peer; needs no database; the exit code is 1 when something was changed',
    )
    .argument('<file>', 'JSON with entries, whole trajectories from their first entry')
    .option('--key <hex>', 'a public key whose signatures are good; may be given again', key)
    .option('--require-signature', 'every commit must carry a good signature')
    .option('--require-compiler <version>', 'every commit must be of this compiler')
    .action(async (file: string, options: CheckOptions) => {
      const { checkExport, readExport } = await import('../domain/run/ledger/exported.js');
      const { size } = await stat(file).catch((error: Error) => {
        throw new Fault('invalid', 'ledger.export_invalid', `${file} cannot be read: ${error.message}`, {}, error);
      });
      if (size > EXPORT_MAX_BYTES) throw new Fault('invalid', 'ledger.export_invalid', `${file} has ${size} bytes; at most ${EXPORT_MAX_BYTES} are read.`);
      const pins: Pins = {
        ...(options.key && { publicKeys: options.key }),
        ...(options.requireSignature && { requireSignature: true }),
        ...(options.requireCompiler !== undefined && { requireCompiler: options.requireCompiler }),
      };
      const checked = checkExport(readExport(await readFile(file, 'utf8')), pins);
      for (const { trajectory_id, entries, commits, verdict } of checked) {
        print(lineOf(`traj:${trajectory_id}`, verdict, `${entries} entries, ${commits} commits`));
      }
      if (checked.length === 0 || checked.some(({ verdict }) => verdict.status !== 'ok')) process.exitCode = 1;
    });

const keysCommand = (): Command =>
  new Command('keys').description('print the public keys that signed or sign here, the current one last').action(async () => {
    const keys = await withStore(({ signingKeys }) => signingKeys.publicKeys());
    for (const { publicKey, createdAt, retiredAt } of keys) print(`${publicKey}  since ${createdAt}${retiredAt === null ? '' : `, retired ${retiredAt}`}`);
  });

const rotateCommand = (): Command =>
  new Command('rotate-key')
    .description('make a new key for signatures; processes that run follow within half a minute, and what was signed stays good')
    .action(async () => {
      const { publicKey } = await withStore(({ signingKeys }) => signingKeys.rotate());
      print(publicKey);
    });
