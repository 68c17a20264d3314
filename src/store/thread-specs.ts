/**
 * Thread specs behind blobs; the port `ThreadSpecs`.
 *
 * The contents of context files are blobs of their own, so that a spec stays small and the same file is kept once.
 */
import type { Pool } from 'pg';
import type { ThreadSpecs } from '../../activities/ports';
import type { ThreadSpec } from '../contracts/managed-thread/spawn';
import { Fault } from '../errors/fault';
import { getBlob, putBlob } from './blobs';
import { canonicalJson } from '../domain/canonical-json';
import { guarded, type Queryable } from './database';
import { Recent } from '../domain/recent';
import type { Secrets } from './secrets';

/** A spec as stored: files by reference. */
export interface StoredSpec extends Omit<ThreadSpec, 'contextFiles'> {
  readonly contextFiles: readonly { readonly path: string; readonly contentRef: string }[];
}

export class SpecStore implements ThreadSpecs {
  /** Specs never change (their name is their content), so what was read once is kept. */
  readonly #known = new Recent<StoredSpec>(500);

  constructor(
    private readonly pool: Pool,
    private readonly secrets: Secrets,
  ) {}

  /** Stores a spec and returns its `specRef`. Environment values are not part of it: see `Secrets.sealEnvironment`. */
  write(spec: ThreadSpec): Promise<string> {
    return guarded(async () => {
      const contextFiles = [];
      for (const file of spec.contextFiles) contextFiles.push({ path: file.path, contentRef: await putBlob(this.pool, spec.tenant, file.content) });
      return putBlob(this.pool, spec.tenant, canonicalJson({ ...spec, contextFiles } satisfies StoredSpec));
    });
  }

  /** Fault `thread.spec_missing` (not_found) when the tenant has no such spec. */
  async read(tenant: string, specRef: string): Promise<ThreadSpec> {
    const stored = await this.stored(this.pool, tenant, specRef);
    const contextFiles = [];
    for (const { path, contentRef } of stored.contextFiles) {
      const content = await guarded(() => getBlob(this.pool, tenant, contentRef));
      if (content === null) throw new Fault('not_found', 'thread.spec_missing', 'A context file of the thread is not stored.', { specRef, path });
      contextFiles.push({ path, content });
    }
    return { ...stored, contextFiles };
  }

  environment(actor: Parameters<ThreadSpecs['environment']>[0]): Promise<Record<string, string>> {
    return this.secrets.environment(actor);
  }

  /** The spec without the contents of its files, read within whatever transaction `db` is in. */
  async stored(db: Queryable, tenant: string, specRef: string): Promise<StoredSpec> {
    const key = `${specRef}/${tenant}`;
    const known = this.#known.get(key);
    if (known) return known;
    const text = await guarded(() => getBlob(db, tenant, specRef));
    if (text === null) throw new Fault('not_found', 'thread.spec_missing', 'The spec of the thread is not stored.', { specRef });
    const spec = JSON.parse(text) as StoredSpec;
    this.#known.set(key, spec);
    return spec;
  }
}
