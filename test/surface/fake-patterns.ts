/** The catalogue over versions in memory: the real gateway and language, without a database. test/conformance/patterns.test.ts holds the store to the real one. */
import { PATTERNS_MAX, VERSIONS_MAX, type PatternRecord } from '../../src/contracts/pattern/catalogue';
import { inOrder, newest, pick } from '../../src/domain/version';
import { Fault } from '../../src/errors/fault';
import type { PatternStore } from '../../src/gateway/patterns';

interface Kept {
  readonly createdAt: string;
  updatedAt: string;
  readonly versions: Map<string, PatternRecord>;
}

export class FakePatternStore implements PatternStore {
  readonly kept = new Map<string, Kept>();
  private readonly keys = new Map<string, string>();
  private ticks = Date.parse('2026-03-01T08:00:00.000Z');

  private now = (): string => new Date(this.ticks++).toISOString();
  private namesOf = (tenant: string): string[] => [...this.kept.keys()].filter((key) => key.startsWith(`${tenant}/`));
  private find = (tenant: string, name: string): Kept | undefined => this.kept.get(`${tenant}/${name}`);

  publish: PatternStore['publish'] = async (tenant, pattern, { overwrite, existing }) => {
    const at = this.now();
    const found = this.find(tenant, pattern.name);
    if (!found && existing) return Promise.resolve('unknown_name');
    if (!found && this.namesOf(tenant).length >= PATTERNS_MAX) return Promise.resolve('too_many_patterns');
    const head = found ?? { createdAt: at, updatedAt: at, versions: new Map<string, PatternRecord>() };
    const known = head.versions.get(pattern.version);
    if (known?.digest === pattern.digest) return Promise.resolve('same');
    if (known && !overwrite) return Promise.resolve('version_exists');
    if (!known && head.versions.size >= VERSIONS_MAX) return Promise.resolve('too_many_versions');
    head.versions.set(pattern.version, { ...pattern, createdBy: known?.createdBy ?? pattern.createdBy, createdAt: known?.createdAt ?? at, updatedAt: at });
    head.updatedAt = at;
    this.kept.set(`${tenant}/${pattern.name}`, head);
    return Promise.resolve(known ? 'replaced' : 'created');
  };

  list: PatternStore['list'] = async (tenant, { search, limit, offset }) => {
    const word = search?.toLowerCase() ?? '';
    const all = this.namesOf(tenant)
      .sort()
      .flatMap((key) => {
        const { versions, createdAt, updatedAt } = this.kept.get(key)!;
        const record = versions.get(newest([...versions.keys()]) ?? '');
        if (!record || !`${record.name}\n${record.description}`.toLowerCase().includes(word)) return [];
        return [{ name: record.name, version: record.version, kind: record.kind, description: record.description, createdAt, updatedAt }];
      });
    return Promise.resolve({ patterns: all.slice(offset, offset + limit), total: all.length });
  };

  get: PatternStore['get'] = async (tenant, name, asked) => {
    const versions = this.find(tenant, name)?.versions;
    const numbers = [...(versions?.keys() ?? [])];
    const version = asked === null ? newest(numbers) : pick(numbers, asked);
    return Promise.resolve((version !== undefined && versions?.get(version)) || null);
  };

  versions: PatternStore['versions'] = async (tenant, name) => {
    const versions = this.find(tenant, name)?.versions ?? new Map<string, PatternRecord>();
    return Promise.resolve(inOrder([...versions.keys()]).map((version) => versions.get(version)!));
  };

  remove: PatternStore['remove'] = async (tenant, name, version) => {
    const head = this.find(tenant, name);
    if (!head) return Promise.resolve(0);
    const removed = version === null ? head.versions.size : Number(head.versions.delete(version));
    if (version === null || head.versions.size === 0) this.kept.delete(`${tenant}/${name}`);
    return Promise.resolve(removed);
  };

  claimKey: PatternStore['claimKey'] = async ({ tenant, route, key, bodyHash }) => {
    const known = this.keys.get(`${tenant} ${route} ${key}`) ?? bodyHash;
    this.keys.set(`${tenant} ${route} ${key}`, known);
    if (known !== bodyHash) throw new Fault('conflict', 'idempotency.key_reused', 'This Idempotency-Key was used with another body.', { key });
    return Promise.resolve();
  };
}
