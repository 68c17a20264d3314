/**
 * `everthread keys …`: API keys, straight in the database of the configuration, or of the `everthread start` that runs on this machine. Whoever can reach the
 * database needs no key to make the first one.
 */
import { Command, InvalidArgumentError } from 'commander';
import type { ApiKeyRecord } from '../contracts/api-key';
import { ANY_TENANT, DEFAULT_TENANT, TENANT_FORM } from '../contracts/tenant';
import { KEY_PREFIXES, type KeyPrefix } from '../domain/access/api-key';
import { Fault } from '../errors/fault';
import type { KeyAdmin } from '../surfaces/control-plane/auth-keys';
import { GRANTABLE_SCOPES } from '../surfaces/http/scope';
import { withDatabase } from './database';

const print = (line: string): void => void process.stdout.write(`${line}\n`);
const MAKER = 'cli';
const LIST_MAX = 1_000;

export function keysCommand(): Command {
  const keys = new Command('keys').description('make, list, rotate and revoke API keys, in the database of the configuration');
  for (const command of [createCommand(), listCommand(), rotateCommand(), revokeCommand()]) keys.addCommand(command);
  return keys;
}

/** Runs `work` on the keys of the database. */
const withKeys = <T>(work: (keys: KeyAdmin) => Promise<T>): Promise<T> =>
  withDatabase('everthread-keys', async (pool) => {
    const [{ ApiKeys }, { Idempotency }, { keyAdmin }] = await Promise.all([
      import('../store/api-keys.js'),
      import('../store/idempotency.js'),
      import('../main/key-admin.js'),
    ]);
    return work(keyAdmin(new ApiKeys(pool), new Idempotency(pool)));
  });

const scopes = (value: string): readonly string[] => {
  const asked = value.split(/[\s,]+/).filter(Boolean);
  const unknown = asked.find((scope) => !GRANTABLE_SCOPES.includes(scope));
  if (unknown !== undefined || asked.length === 0) throw new InvalidArgumentError(`Expected one or more of ${GRANTABLE_SCOPES.join(', ')}.`);
  return asked;
};

const tenant = (value: string): string => {
  if (value === ANY_TENANT || TENANT_FORM.test(value)) return value;
  throw new InvalidArgumentError('Expected the name of a tenant, or * for an operator.');
};

const later = (value: string): string => {
  const days = /^(\d{1,4})d$/.exec(value)?.[1];
  const at = days === undefined ? Date.parse(value) : Date.now() + Number(days) * 86_400_000;
  if (Number.isNaN(at) || at <= Date.now()) throw new InvalidArgumentError('Expected days such as 90d, or a time to come such as 2030-01-31T00:00:00Z.');
  return new Date(at).toISOString();
};

const prefix = (value: string): KeyPrefix => {
  const known = KEY_PREFIXES.find((name) => name === value);
  if (!known) throw new InvalidArgumentError(`Expected one of ${KEY_PREFIXES.join(', ')}.`);
  return known;
};

function show({ key, row }: { readonly key: string | null; readonly row: ApiKeyRecord }, json: boolean | undefined): void {
  if (json) return print(JSON.stringify({ ...row, key }, null, 2));
  print(key ?? '');
  process.stderr.write(`${row.id}, tenant ${row.tenant}, scopes ${row.scopes.join(' ')}. The key is not shown again.\n`);
}

interface CreateOptions {
  readonly scopes: readonly string[];
  readonly tenant: string;
  readonly expires?: string;
  readonly prefix: KeyPrefix;
  readonly json?: boolean;
}

const createCommand = (): Command =>
  new Command('create')
    .description('make a key and print it, this once; from the first key on, the API is closed to everybody without one')
    .argument('<name>', 'what the key is for')
    .option('--scopes <list>', 'what it may do, separated by commas', scopes, ['*'])
    .option('--tenant <name>', 'for which tenant; * for an operator of all', tenant, DEFAULT_TENANT)
    .option('--expires <when>', 'days (90d) or a time', later)
    .option('--prefix <prefix>', KEY_PREFIXES.join(', '), prefix, 'pk_live')
    .option('--json', 'print the whole answer')
    .action(async (name: string, options: CreateOptions) => {
      const asked = { name: name.slice(0, 200), tenant: options.tenant, scopes: options.scopes, prefix: options.prefix };
      show(
        await withKeys((keys) => keys.create({ ...asked, createdBy: MAKER, expiresAt: options.expires ?? null }, { tenant: options.tenant, key: null })),
        options.json,
      );
    });

const stateOf = ({ revokedAt, expiresAt }: ApiKeyRecord): string =>
  revokedAt ? 'revoked' : expiresAt !== null && Date.parse(expiresAt) <= Date.now() ? 'expired' : 'live';

const listCommand = (): Command =>
  new Command('list')
    .description('list keys, newest first')
    .option('--tenant <name>', 'only of this tenant', tenant)
    .option('--json', 'print the whole answer')
    .action(async (options: { tenant?: string; json?: boolean }) => {
      const { keys } = await withKeys((admin) => admin.list(options.tenant ?? null, { limit: LIST_MAX, offset: 0 }));
      if (options.json) return print(JSON.stringify(keys, null, 2));
      for (const key of keys) print(`${key.id}  ${stateOf(key).padEnd(7)}  ${key.tenant.padEnd(12)}  ${key.hint}  ${key.scopes.join(' ')}  ${key.name}`);
    });

const notFound = (id: string): Fault => new Fault('not_found', 'keys.not_found', `There is no key ${id}.`, { id });

const seconds = (value: string): number => {
  if (/^\d{1,7}$/.test(value) && Number(value) <= 30 * 86_400) return Number(value);
  throw new InvalidArgumentError('Expected 0 to 2592000 seconds.');
};

const rotateCommand = (): Command =>
  new Command('rotate')
    .description('make a new key in the place of an old one, and print it')
    .argument('<id>')
    .option('--grace <seconds>', 'how long the old one stays valid', seconds, 0)
    .option('--json', 'print the whole answer')
    .action(async (id: string, options: { grace: number; json?: boolean }) => {
      const made = await withKeys((keys) => keys.rotate(null, id, { createdBy: MAKER, graceSeconds: options.grace }, { tenant: ANY_TENANT, key: null }));
      if (!made) throw notFound(id);
      show(made, options.json);
    });

const revokeCommand = (): Command =>
  new Command('revoke')
    .description('revoke a key at once')
    .argument('<id>')
    .action(async (id: string) => {
      if (!(await withKeys((keys) => keys.revoke(null, id)))) throw notFound(id);
      print(`${id} is revoked.`);
    });
