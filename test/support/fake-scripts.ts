/** Scripts in memory, for tests of what stands on their ports. */
import { randomUUID } from 'node:crypto';
import type { Principal } from '../../src/contracts/principal';
import type {
  EnvVar,
  ScriptContract,
  ScriptDraft,
  ScriptEnvironment,
  ScriptKeyed,
  ScriptRecord,
  Scripts,
  ScriptVersion,
} from '../../src/contracts/script/ports';
import type { ScriptIr } from '../../src/contracts/script/ir';
import { Fault } from '../../src/errors/fault';
import { pageOf } from './fake-script-pages';
import { FakeScriptThreads } from './fake-script-threads';

const AT = '2026-05-01T08:00:00.000Z';
const IR: ScriptIr = {
  ...{ ir: 1, name: 'invoice-parser', input: [{ name: 'invoice_id', type: 'text' }], output: [{ name: 'approved', type: 'boolean' }], env: [], tools: [] },
  ...{ enums: { Mood: ['calm'] }, constants: [], steps: [] },
};
const CONTRACT: ScriptContract = { input: IR.input, output: IR.output, stream: null, env: [], enums: IR.enums };
export const TEMPLATE = { name: 'invoice', description: 'Asks about an invoice.', tags: ['finance'], content: 'script "invoice"\n' };

interface KeptScript {
  record: ScriptRecord;
  draft: ScriptDraft | null;
  versions: ScriptVersion[];
  readonly env: Map<string, EnvVar>;
}

export class FakeScripts {
  readonly threads = new FakeScriptThreads();
  private readonly kept = new Map<string, KeptScript>();
  private readonly variables = new Map<string, EnvVar>();
  private readonly keys = new Map<string, unknown>();

  /** The script with its draft and a version, as if it had been published. */
  async publishOne(principal: Principal, name = 'invoice-parser'): Promise<ScriptVersion> {
    await this.scripts.create(principal, { name, description: '', tags: [], fromTemplate: '', labels: {}, env: {} }, none());
    await this.scripts.saveDraft(principal, name, 'script "invoice-parser"\n');
    return this.scripts.publish(principal, name, '', none());
  }

  /** Everything of a tenant. */
  rowsOf(tenant: string): unknown {
    const mine = <T>(rows: ReadonlyMap<string, T>): readonly (readonly [string, T])[] => [...rows].filter(([key]) => key.startsWith(`${tenant} `));
    return [
      mine(this.kept).map(([key, { record, draft, versions, env }]) => [key, record, draft, versions, [...env]]),
      mine(this.variables),
      [...this.threads.kept.values()].filter(({ thread }) => thread.start.tenant === tenant),
    ];
  }

  private of({ tenant }: Principal, name: string): KeptScript {
    const found = this.kept.get(`${tenant} ${name}`);
    if (!found) throw new Fault('not_found', 'script.not_found', 'There is no such script.', { name: name.slice(0, 200) });
    return found;
  }

  private async once<T>({ tenant }: Principal, { idempotencyKey, replayed }: ScriptKeyed, make: () => T | Promise<T>): Promise<T> {
    const key = `${tenant} ${idempotencyKey}`;
    if (idempotencyKey !== null && this.keys.has(key)) {
      replayed?.();
      return this.keys.get(key) as T;
    }
    const made = await make();
    if (idempotencyKey !== null) this.keys.set(key, made);
    return made;
  }

  private draftOf(principal: Principal, name: string): ScriptDraft {
    const { draft } = this.of(principal, name);
    if (!draft) throw new Fault('conflict', 'script.no_draft', 'The script has no draft.', { name });
    return draft;
  }

  private versionOf(principal: Principal, name: string, version: number): ScriptVersion {
    const { versions, record } = this.of(principal, name);
    const found = versions.find((one) => one.version === (version === 0 ? record.activeVersion : version));
    if (!found) throw new Fault('not_found', 'script.version_not_found', 'The script has no such version.', { name, version });
    return found;
  }

  readonly scripts: Scripts = {
    create: (principal, { name, description, tags, fromTemplate, labels }, keyed) =>
      this.once(principal, keyed, () => {
        if (name.length > 100)
          throw new Fault('invalid', 'script.name', 'name: expected at most 100 characters', { field: 'name', reason: 'expected at most 100 characters' });
        if (fromTemplate !== '') this.scripts.template(fromTemplate);
        if (this.kept.has(`${principal.tenant} ${name}`)) throw new Fault('conflict', 'script.exists', 'There is a script of this name.', { name });
        const counts = { status: 'CREATED', activeVersion: 0, latestVersion: 0, hasDraft: false } as const;
        const record = { name, description, tags, labels, ...counts, createdBy: principal.subject, createdAt: AT, updatedAt: AT };
        this.kept.set(`${principal.tenant} ${name}`, { record, draft: null, versions: [], env: new Map() });
        return record;
      }),
    list: async ({ tenant }, { tags, labels }, page) => {
      const rows = [...this.kept]
        .filter(([key]) => key.startsWith(`${tenant} `))
        .map(([, { record }]) => record)
        .filter((record) => tags.every((tag) => record.tags.includes(tag)))
        .filter((record) => Object.entries(labels).every(([key, values]) => values.some((value) => record.labels[key]?.includes(value))));
      return { ...pageOf(rows, page), total: rows.length };
    },
    get: async (principal, name) => this.of(principal, name).record,
    delete: async (principal, name) => {
      this.of(principal, name);
      this.kept.delete(`${principal.tenant} ${name}`);
    },
    saveDraft: async (principal, name, content) => {
      const kept = this.of(principal, name);
      const diagnostics = content.startsWith('script')
        ? []
        : [{ file: name, line: 1, column: 1, severity: 'error' as const, message: 'No script.', hint: null }];
      const draft = {
        scriptName: name,
        content,
        format: 'scriptum' as const,
        status: 'DRAFT' as const,
        diagnostics,
        hash: 'h1',
        savedBy: principal.subject,
        savedAt: AT,
      };
      kept.draft = draft;
      kept.record = { ...kept.record, status: 'DRAFT', hasDraft: true };
      return draft;
    },
    draft: async (principal, name) => this.draftOf(principal, name),
    compileDraft: async (principal, name) => {
      const { diagnostics } = this.draftOf(principal, name);
      const ok = diagnostics.length === 0;
      return {
        ok,
        ast: ok ? { name } : null,
        ir: ok ? IR : null,
        irYaml: ok ? 'ir: 1\n' : null,
        contract: ok ? CONTRACT : null,
        toolsRequired: [],
        diagnostics,
      };
    },
    testDraft: (principal, name, request, keyed) => {
      this.draftOf(principal, name);
      return this.threads.threads.create(principal, { ...request, scriptName: name, version: 0, executionMode: 'CLOUD', callbackUrl: '', hostId: null }, keyed);
    },
    publish: (principal, name, notes, keyed) =>
      this.once(principal, keyed, () => {
        const kept = this.of(principal, name);
        const { content, format, hash, diagnostics } = this.draftOf(principal, name);
        if (diagnostics.length > 0) throw new Fault('invalid', 'script.invalid', 'The draft has errors.', { diagnostics });
        const version = kept.versions.length + 1;
        const made = { scriptName: name, version, status: 'ACTIVE' as const, content, format, hash, notes, ir: IR, contract: CONTRACT, toolsRequired: [] };
        kept.versions.push({ ...made, publishedBy: principal.subject, publishedAt: AT });
        kept.record = { ...kept.record, status: 'ACTIVE', activeVersion: version, latestVersion: version };
        return this.versionOf(principal, name, version);
      }),
    rollback: async (principal, name, toVersion) => {
      const kept = this.of(principal, name);
      const found = this.versionOf(principal, name, toVersion === 0 ? Math.max(1, kept.record.activeVersion - 1) : toVersion);
      kept.record = { ...kept.record, activeVersion: found.version };
      return found;
    },
    versions: async (principal, name, page) => pageOf([...this.of(principal, name).versions].reverse(), page),
    version: async (principal, name, version) => this.versionOf(principal, name, version),
    tools: async (_principal, { source, query }) =>
      [{ name: 'hash', source: 'native', description: 'Hashes a text.', inputSchema: { type: 'object' }, effect: 'none' }].filter(
        (tool) => (source === '' || tool.source === source) && tool.name.includes(query),
      ),
    templates: ({ tags }) => [TEMPLATE].filter((template) => tags.every((tag) => template.tags.includes(tag))),
    template: (name) => {
      if (name !== TEMPLATE.name) throw new Fault('not_found', 'script.template_not_found', 'There is no such template.', { name: name.slice(0, 200) });
      return TEMPLATE;
    },
  };

  private variable({ tenant }: Principal, key: string): EnvVar {
    const found = this.variables.get(`${tenant} ${key}`);
    if (!found) throw new Fault('not_found', 'script.env_not_found', 'There is no such variable.', { key: key.slice(0, 200) });
    return found;
  }

  private readonly ofTenant = ({ tenant }: Principal): EnvVar[] =>
    [...this.variables].filter(([key]) => key.startsWith(`${tenant} `)).map(([, value]) => value);

  readonly environment: ScriptEnvironment = {
    set: async ({ tenant }, variable) => {
      const made = { ...variable, origin: 'tenant' as const, updatedAt: AT };
      this.variables.set(`${tenant} ${variable.key}`, made);
      return made;
    },
    get: async (principal, key) => this.variable(principal, key),
    delete: async (principal, key) => {
      this.variable(principal, key);
      this.variables.delete(`${principal.tenant} ${key}`);
    },
    list: async (principal, prefix, page) =>
      pageOf(
        this.ofTenant(principal)
          .filter(({ key }) => key.startsWith(prefix))
          .map(masked),
        page,
      ),
    import: async (principal, { values, overwrite }) => {
      const known = new Set(this.ofTenant(principal).map(({ key }) => key));
      const [imported, skipped] = [
        Object.keys(values).filter((key) => overwrite || !known.has(key)),
        Object.keys(values).filter((key) => !overwrite && known.has(key)),
      ];
      for (const key of imported) await this.environment.set(principal, { key, value: values[key] ?? '', secret: false, description: '' });
      return { imported, skipped };
    },
    ofScript: async (principal, name, effective) => [...(effective ? this.ofTenant(principal) : []), ...this.of(principal, name).env.values()].map(masked),
    updateScript: async (principal, name, { set, delete: gone }) => {
      const { env } = this.of(principal, name);
      for (const [key, value] of Object.entries(set)) env.set(key, { key, value, secret: false, description: '', origin: 'script', updatedAt: AT });
      for (const key of gone) env.delete(key);
      return [...env.values()];
    },
  };
}

const masked = (variable: EnvVar): EnvVar => (variable.secret ? { ...variable, value: '' } : variable);
const none = (): ScriptKeyed => ({ idempotencyKey: null, requestId: randomUUID() });
