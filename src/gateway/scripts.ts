/** Scripts, as a caller may use them: made, drafted, compiled, tried, published, rolled back. */
import { createHash, randomUUID } from 'node:crypto';
import type { MakeOnce } from '../contracts/idempotency';
import type { Principal } from '../contracts/principal';
import type {
  Compiled,
  ListPage,
  PageRequest,
  ScriptDraft,
  ScriptKeyed,
  ScriptRecord,
  Scripts,
  ScriptTemplate,
  ScriptThread,
  ScriptToolEntry,
  ScriptVersion,
} from '../contracts/script/ports';
import { assertToolScopes } from '../domain/script/tool-scopes';
import { Fault } from '../errors/fault';
import type { ScriptEnvironmentGateway } from './script-environment';
import {
  assertContent,
  assertName,
  NewScriptRequest,
  Notes,
  pageOf,
  requested,
  SCRIPT_BOUNDS,
  ScriptFilterRequest,
  scriptNotFound,
  versionNotFound,
  type PageTokens,
} from './script-requests';
import { withToolsChecked } from './script-tool-check';
import type { DraftRequest, ScriptThreadGateway } from './script-threads';

interface NewDraft extends Pick<ScriptDraft, 'content' | 'format' | 'diagnostics' | 'hash'> {}

type Wholly = Pick<Compiled, 'toolsRequired'> & { readonly ir: ScriptVersion['ir']; readonly contract: ScriptVersion['contract'] };

/** What the gateway needs of the store. */
export interface ScriptStore {
  create(
    tenant: string,
    script: Pick<ScriptRecord, 'name' | 'description' | 'tags' | 'labels'> & { readonly by: string; readonly draft: NewDraft | null },
    bounds: typeof SCRIPT_BOUNDS,
  ): Promise<'created' | 'exists' | 'too_many'>;
  find(tenant: string, name: string): Promise<ScriptRecord | null>;
  list(
    tenant: string,
    filter: Pick<ScriptRecord, 'tags' | 'labels'> & { readonly limit: number; readonly after: string },
  ): Promise<{ readonly scripts: readonly ScriptRecord[]; readonly more: boolean; readonly total: number }>;
  remove(tenant: string, name: string): Promise<'removed' | 'in_use' | 'unknown'>;
  saveDraft(tenant: string, name: string, draft: NewDraft, by: string): Promise<ScriptDraft | null>;
  draft(tenant: string, name: string): Promise<ScriptDraft | null>;
  noteCompiled(tenant: string, name: string, compiled: Pick<ScriptDraft, 'hash' | 'status' | 'diagnostics'>): Promise<void>;
  publish(
    tenant: string,
    name: string,
    publication: { readonly id: string; readonly draft: ScriptDraft; readonly compiled: Wholly; readonly notes: string; readonly by: string },
    bounds: typeof SCRIPT_BOUNDS,
  ): Promise<ScriptVersion | 'unknown' | 'draft_changed' | 'too_many'>;
  published(tenant: string, publicationId: string): Promise<ScriptVersion | null>;
  rollback(tenant: string, name: string, toVersion: number): Promise<ScriptVersion | 'unknown' | 'no_version'>;
  versions(
    tenant: string,
    name: string,
    page: { readonly limit: number; readonly before: number },
  ): Promise<{ readonly versions: readonly ScriptVersion[]; readonly more: boolean }>;
  version(tenant: string, name: string, version: number): Promise<ScriptVersion | null>;
}

export interface ScriptDependencies {
  readonly store: ScriptStore;
  readonly once: MakeOnce;
  readonly tokens: PageTokens;
  readonly environment: ScriptEnvironmentGateway;
  readonly threads: Pick<ScriptThreadGateway, 'testDraft'>;
  compile(content: string, format?: ScriptDraft['format']): Compiled;
  formatOf(content: string): ScriptDraft['format'];
  /** All that a script of the tenant may import. */
  readonly catalogue: { list(tenant: string): Promise<readonly ScriptToolEntry[]> };
  readonly templates: readonly ScriptTemplate[];
}

const contentHash = (content: string): string => createHash('sha256').update(content).digest('hex');

export class ScriptGateway implements Scripts {
  constructor(private readonly deps: ScriptDependencies) {}

  async create(principal: Principal, request: Parameters<Scripts['create']>[1], keyed: ScriptKeyed): Promise<ScriptRecord> {
    const { tenant } = principal;
    assertName(request.name);
    requested(NewScriptRequest, request);
    const once = { tenant, route: 'POST /v1/scriptum/scripts', key: keyed.idempotencyKey, body: request };
    const { row, replayed } = await this.deps.once(once, request.name, {
      find: (name) => this.deps.store.find(tenant, name),
      make: (name) => this.make(principal, { ...request, name }),
    });
    if (replayed) keyed.replayed?.();
    return row;
  }

  private async make(principal: Principal, request: Parameters<Scripts['create']>[1]): Promise<ScriptRecord> {
    const { name, description, tags, labels, fromTemplate, env } = request;
    const draft = fromTemplate === '' ? null : await this.newDraft(principal.tenant, this.template(fromTemplate).content);
    const made = await this.deps.store.create(principal.tenant, { name, description, tags, labels, by: principal.subject, draft }, SCRIPT_BOUNDS);
    if (made === 'exists') throw new Fault('conflict', 'script.exists', 'There is a script of this name already.', { name });
    if (made === 'too_many')
      throw new Fault('exhausted', 'script.too_many', `A tenant has at most ${SCRIPT_BOUNDS.scripts} scripts.`, { max: SCRIPT_BOUNDS.scripts });
    try {
      if (Object.keys(env).length > 0) await this.deps.environment.updateScript(principal, name, { set: env, delete: [] });
    } catch (thrown) {
      // What could not be made as a whole is not there.
      await this.deps.store.remove(principal.tenant, name).catch(() => undefined);
      throw thrown;
    }
    return this.known(principal.tenant, name);
  }

  async list(
    { tenant }: Principal,
    filter: Parameters<Scripts['list']>[1],
    request: PageRequest,
  ): Promise<ListPage<ScriptRecord> & { readonly total: number }> {
    const { tags, labels } = requested(ScriptFilterRequest, filter);
    const page = pageOf(this.deps.tokens, ['scripts', tenant, tags, labels], request);
    const { scripts, more, total } = await this.deps.store.list(tenant, { tags, labels, limit: page.limit, after: page.place ?? '' });
    return { ...page.answer(scripts, more ? (scripts.at(-1)?.name ?? null) : null), total };
  }

  get({ tenant }: Principal, name: string): Promise<ScriptRecord> {
    return this.known(tenant, name);
  }

  async delete({ tenant }: Principal, name: string): Promise<void> {
    const removed = await this.deps.store.remove(tenant, name);
    if (removed === 'unknown') throw scriptNotFound(name);
    if (removed === 'in_use') throw new Fault('conflict', 'script.in_use', 'A thread of this script has not ended; cancel it first.', { name });
  }

  async saveDraft({ tenant, subject }: Principal, name: string, content: string): Promise<ScriptDraft> {
    assertContent(content);
    await this.known(tenant, name);
    const saved = await this.deps.store.saveDraft(tenant, name, await this.newDraft(tenant, content), subject);
    if (!saved) throw scriptNotFound(name);
    return saved;
  }

  async draft({ tenant }: Principal, name: string): Promise<ScriptDraft> {
    await this.known(tenant, name);
    const draft = await this.deps.store.draft(tenant, name);
    if (!draft) throw new Fault('conflict', 'script.no_draft', 'The script has no draft; save one first.', { name });
    return draft;
  }

  async compileDraft(principal: Principal, name: string): Promise<Compiled> {
    return (await this.compiledDraft(principal, name)).compiled;
  }

  async testDraft(principal: Principal, name: string, request: DraftRequest, keyed: ScriptKeyed): Promise<ScriptThread> {
    const { compiled } = await this.wholeDraft(principal, name);
    return this.deps.threads.testDraft(principal, { name, ir: compiled.ir }, request, keyed);
  }

  async publish(principal: Principal, name: string, notes: string, keyed: ScriptKeyed): Promise<ScriptVersion> {
    const { tenant, subject } = principal;
    requested(Notes, { notes });
    const once = { tenant, route: 'POST /v1/scriptum/scripts/:name/draft/publish', key: keyed.idempotencyKey, body: { name, notes } };
    const { row, replayed } = await this.deps.once(once, randomUUID(), {
      find: (id) => this.deps.store.published(tenant, id),
      make: async (id) => {
        const { draft, compiled } = await this.wholeDraft(principal, name);
        const published = await this.deps.store.publish(tenant, name, { id, draft, compiled, notes, by: subject }, SCRIPT_BOUNDS);
        if (published === 'unknown') throw scriptNotFound(name);
        if (published === 'draft_changed')
          throw new Fault('conflict', 'script.draft_changed', 'Another draft was saved at this moment; publish again.', { name });
        if (published === 'too_many')
          throw new Fault('exhausted', 'script.too_many_versions', `A script has at most ${SCRIPT_BOUNDS.versions} versions.`, { max: SCRIPT_BOUNDS.versions });
        return published;
      },
    });
    if (replayed) keyed.replayed?.();
    return row;
  }

  async rollback({ tenant }: Principal, name: string, toVersion: number): Promise<ScriptVersion> {
    const active = await this.deps.store.rollback(tenant, name, wholeVersion(toVersion));
    if (active === 'unknown') throw scriptNotFound(name);
    if (active !== 'no_version') return active;
    if (toVersion !== 0) throw versionNotFound(name, toVersion);
    throw new Fault('not_found', 'script.version_not_found', `No version of ${name} was active before this one.`, { name, version: 0 });
  }

  async versions({ tenant }: Principal, name: string, request: PageRequest): Promise<ListPage<ScriptVersion>> {
    await this.known(tenant, name);
    const page = pageOf(this.deps.tokens, ['script-versions', tenant, name], request);
    const { versions, more } = await this.deps.store.versions(tenant, name, { limit: page.limit, before: Number(page.place ?? 0) });
    return page.answer(versions, more ? String(versions.at(-1)?.version) : null);
  }

  async version({ tenant }: Principal, name: string, version: number): Promise<ScriptVersion> {
    const found = await this.deps.store.version(tenant, name, wholeVersion(version));
    if (found) return found;
    await this.known(tenant, name);
    throw versionNotFound(name, version);
  }

  async tools({ tenant }: Principal, { source, query }: Parameters<Scripts['tools']>[1]): Promise<readonly ScriptToolEntry[]> {
    const wanted = query.toLowerCase();
    const known = await this.deps.catalogue.list(tenant);
    return known.filter((tool) => (source === '' || tool.source === source) && `${tool.name} ${tool.description}`.toLowerCase().includes(wanted));
  }

  templates({ tags }: { readonly tags: readonly string[] }): readonly ScriptTemplate[] {
    return this.deps.templates.filter((template) => tags.every((tag) => template.tags.includes(tag)));
  }

  template(name: string): ScriptTemplate {
    const found = this.deps.templates.find((template) => template.name === name);
    if (found) return found;
    const known = this.deps.templates.map((template) => template.name);
    throw new Fault('not_found', 'script.template_not_found', `There is no template ${name.slice(0, 128)}; there are ${known.join(', ')}.`, { known });
  }

  private async known(tenant: string, name: string): Promise<ScriptRecord> {
    const found = await this.deps.store.find(tenant, name);
    if (!found) throw scriptNotFound(name);
    return found;
  }

  private async newDraft(tenant: string, content: string): Promise<NewDraft> {
    const format = this.deps.formatOf(content);
    const { diagnostics } = await this.compiled(tenant, { content, format });
    return { content, format, diagnostics, hash: contentHash(content) };
  }

  private async compiled(tenant: string, { content, format }: Pick<ScriptDraft, 'content' | 'format'>): Promise<Compiled> {
    return withToolsChecked(this.deps.compile(content, format), content, await this.deps.catalogue.list(tenant));
  }

  private async compiledDraft(principal: Principal, name: string): Promise<{ readonly draft: ScriptDraft; readonly compiled: Compiled }> {
    const draft = await this.draft(principal, name);
    const compiled = await this.compiled(principal.tenant, draft);
    const { hash } = draft;
    await this.deps.store.noteCompiled(principal.tenant, name, { hash, status: compiled.ok ? 'COMPILED' : 'FAILED', diagnostics: compiled.diagnostics });
    return { draft, compiled };
  }

  /** Faults: `script.invalid` (invalid) for a draft with errors; facts `diagnostics`; `access.scope_missing` (forbidden) for tools that the caller may not use without a script. */
  private async wholeDraft(principal: Principal, name: string): Promise<{ readonly draft: ScriptDraft; readonly compiled: Wholly }> {
    const { draft, compiled } = await this.compiledDraft(principal, name);
    const { ok, ir, contract, toolsRequired, diagnostics } = compiled;
    if (ok && ir && contract) {
      assertToolScopes(principal.scopes, toolsRequired);
      return { draft, compiled: { ir, contract, toolsRequired } };
    }
    const first = diagnostics.find(({ severity }) => severity === 'error');
    const where = first ? ` line ${first.line}, column ${first.column}: ${first.message}` : '';
    throw new Fault('invalid', 'script.invalid', `The draft has errors.${where}`, { field: 'content', diagnostics: diagnostics.slice(0, 20) });
  }
}

/** Fault `script.request` (invalid). */
function wholeVersion(version: number): number {
  if (Number.isInteger(version) && version >= 0 && version < 2 ** 31) return version;
  const reason = 'expected a whole number, 0 or larger';
  throw new Fault('invalid', 'script.request', `version: ${reason}`, { field: 'version', reason });
}
