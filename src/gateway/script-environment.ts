/** The environment of scripts, as a caller may use it: variables of the tenant, and what a script lays over them. */
import { parseEnv } from 'node:util';
import type { Principal } from '../contracts/principal';
import type { EnvVar, ListPage, PageRequest, ScriptEnvironment, ScriptRecord } from '../contracts/script/ports';
import { isSecretKey } from '../domain/redaction';
import { Fault } from '../errors/fault';
import { pageOf, requested, scriptNotFound, Variable, VariableKey, VARIABLES_MAX, type PageTokens } from './script-requests';

export interface KnownVariable {
  readonly key: string;
  readonly value: string;
  readonly secret: boolean;
  readonly description: string;
  readonly updatedAt: string;
}

interface Owner {
  readonly tenant: string;
  /** Empty: the tenant's own. */
  readonly script: string;
}

export interface EnvironmentStore {
  /** All or none; null when there would be more than `max`. */
  write(
    owner: Owner,
    variables: readonly Omit<KnownVariable, 'updatedAt'>[],
    how: { readonly by: string; readonly max: number; readonly overwrite: boolean; readonly remove?: readonly string[] },
  ): Promise<readonly string[] | null>;
  get(owner: Owner, key: string): Promise<KnownVariable | null>;
  list(
    owner: Owner,
    page: { readonly prefix: string; readonly after: string; readonly limit: number },
  ): Promise<{ readonly variables: readonly KnownVariable[]; readonly more: boolean }>;
  remove(owner: Owner, key: string): Promise<boolean>;
}

/** What stands for the value of a secret. */
export const MASK = '********';
/** Bytes of an `.env` file. */
const IMPORT_MAX = 512 * 1024;

const shown = (variable: KnownVariable, origin: EnvVar['origin'], open = false): EnvVar => ({
  ...{ key: variable.key, value: variable.secret && !open ? MASK : variable.value, secret: variable.secret, description: variable.description },
  ...{ origin, updatedAt: variable.updatedAt },
});

/** Who may change a script may read what it works with. */
const readsSecrets = ({ scopes }: Principal): boolean => scopes.some((scope) => ['*', 'admin', 'scripts:*', 'scripts:write'].includes(scope));

/** The variables of a script as they are in effect, by key. */
export type Effective = ReadonlyMap<string, KnownVariable & { readonly origin: EnvVar['origin'] }>;

export class ScriptEnvironmentGateway implements ScriptEnvironment {
  constructor(
    private readonly store: EnvironmentStore,
    private readonly findScript: (tenant: string, name: string) => Promise<ScriptRecord | null>,
    private readonly tokens: PageTokens,
  ) {}

  async set(principal: Principal, variable: Parameters<ScriptEnvironment['set']>[1]): Promise<EnvVar> {
    requested(Variable, variable);
    const owner = { tenant: principal.tenant, script: '' };
    await this.write(principal, owner, [variable], { overwrite: true });
    return shown(await this.known(owner, variable.key), 'tenant');
  }

  async get(principal: Principal, key: string): Promise<EnvVar> {
    return shown(await this.known({ tenant: principal.tenant, script: '' }, key), 'tenant', readsSecrets(principal));
  }

  async delete({ tenant }: Principal, key: string): Promise<void> {
    if (!(await this.store.remove({ tenant, script: '' }, key))) throw absent(key);
  }

  async list({ tenant }: Principal, prefix: string, request: PageRequest): Promise<ListPage<EnvVar>> {
    const page = pageOf(this.tokens, ['script-environment', tenant, prefix], request);
    const { variables, more } = await this.store.list({ tenant, script: '' }, { prefix, after: page.place ?? '', limit: page.limit });
    return page.answer(
      variables.map((variable) => shown(variable, 'tenant')),
      more ? (variables.at(-1)?.key ?? null) : null,
    );
  }

  /** A variable counts as secret by what its name says, unless it is there and says otherwise. */
  async import(
    principal: Principal,
    { values, content, overwrite }: Parameters<ScriptEnvironment['import']>[1],
  ): Promise<{ readonly imported: readonly string[]; readonly skipped: readonly string[] }> {
    const owner = { tenant: principal.tenant, script: '' };
    const given = { ...fromFile(content), ...values };
    const variables = await this.described(owner, given);
    const imported = await this.write(principal, owner, variables, { overwrite });
    return {
      imported: [...imported].sort(),
      skipped: Object.keys(given)
        .filter((key) => !imported.includes(key))
        .sort(),
    };
  }

  async ofScript({ tenant }: Principal, name: string, effective: boolean): Promise<readonly EnvVar[]> {
    await this.assertScript(tenant, name);
    if (!effective) return (await this.all({ tenant, script: name })).map((variable) => shown(variable, 'script'));
    return [...(await this.effective(tenant, name)).values()].map((variable) => shown(variable, variable.origin));
  }

  async updateScript(principal: Principal, name: string, change: Parameters<ScriptEnvironment['updateScript']>[2]): Promise<readonly EnvVar[]> {
    const { tenant } = principal;
    const owner = { tenant, script: name };
    await this.assertScript(tenant, name);
    for (const key of change.delete) requested(VariableKey, key);
    await this.write(principal, owner, await this.described(owner, change.set), { overwrite: true, remove: change.delete });
    return this.ofScript(principal, name, false);
  }

  /** What a script lays over the tenant's own, where it is not empty. */
  async effective(tenant: string, script: string): Promise<Effective> {
    const [own, over] = await Promise.all([this.all({ tenant, script: '' }), this.all({ tenant, script })]);
    const found = new Map<string, KnownVariable & { readonly origin: EnvVar['origin'] }>(
      own.map((variable) => [variable.key, { ...variable, origin: 'tenant' }]),
    );
    for (const variable of over) {
      const below = found.get(variable.key);
      // An empty one defers to the tenant's, and where there is none it is just empty.
      if (variable.value !== '' || !below) found.set(variable.key, { ...variable, origin: 'script' });
    }
    return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  private async described(owner: Owner, values: Readonly<Record<string, string>>): Promise<readonly Omit<KnownVariable, 'updatedAt'>[]> {
    const above = new Map((await this.all({ tenant: owner.tenant, script: '' })).map((variable) => [variable.key, variable]));
    const known = new Map([...above, ...(owner.script === '' ? [] : (await this.all(owner)).map((variable) => [variable.key, variable] as const))]);
    return Object.entries(values).map(([key, value]) => {
      requested(Variable, { key, value, description: '' });
      const there = known.get(key);
      return { key, value, secret: there?.secret ?? isSecretKey(key), description: there?.description ?? '' };
    });
  }

  private async write(
    { subject }: Principal,
    owner: Owner,
    variables: readonly Omit<KnownVariable, 'updatedAt'>[],
    how: { readonly overwrite: boolean; readonly remove?: readonly string[] },
  ): Promise<readonly string[]> {
    const max = owner.script === '' ? VARIABLES_MAX.tenant : VARIABLES_MAX.script;
    const written = await this.store.write(owner, variables, { ...how, by: subject, max });
    if (written) return written;
    throw new Fault('exhausted', 'script.too_many_variables', `There would be more than ${max} variables.`, { max });
  }

  private async all(owner: Owner): Promise<readonly KnownVariable[]> {
    return (await this.store.list(owner, { prefix: '', after: '', limit: VARIABLES_MAX.tenant })).variables;
  }

  private async known(owner: Owner, key: string): Promise<KnownVariable> {
    const found = await this.store.get(owner, key);
    if (!found) throw absent(key);
    return found;
  }

  private async assertScript(tenant: string, name: string): Promise<void> {
    if (!(await this.findScript(tenant, name))) throw scriptNotFound(name);
  }
}

const absent = (key: string): Fault => new Fault('not_found', 'script.env_not_found', 'There is no variable of this name.', { key: key.slice(0, 200) });

function fromFile(content: string): Readonly<Record<string, string>> {
  const refused = (reason: string): Fault => new Fault('invalid', 'script.request', `content: ${reason}`, { field: 'content', reason });
  if (Buffer.byteLength(content) > IMPORT_MAX) throw refused(`expected at most ${IMPORT_MAX} bytes`);
  const values = Object.entries(parseEnv(content)).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const isWritten = content.split('\n').some((line) => line.trim() !== '' && !line.trim().startsWith('#'));
  if (values.length === 0 && isWritten) throw refused('expected lines NAME=value, as in .env files');
  return Object.fromEntries(values);
}
