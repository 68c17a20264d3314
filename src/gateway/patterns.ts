/** The pattern catalogue, as a caller may use it: definitions are read and compiled here, and kept by the store. A pattern is a table and no actor: nothing about it lives. */
import { createHash } from 'node:crypto';
import {
  PATTERNS_MAX,
  VERSIONS_MAX,
  type NewPattern,
  type PatternRecord,
  type PatternSummary,
  type PatternVersion,
  type Published,
  type PublishRules,
} from '../contracts/pattern/catalogue';
import type { Json } from '../contracts/pattern/json';
import type { Cause } from '../contracts/actor';
import type { Principal } from '../contracts/principal';
import { canonicalJson } from '../domain/canonical-json';
import type { DefinitionError } from '../domain/pattern/definition/source';
import { parsePattern } from '../domain/pattern/parse-pattern';
import { checkInput, type ValueProblem } from '../domain/pattern/schema/check-value';
import { isRange } from '../domain/version';
import { Fault } from '../errors/fault';

export interface PatternStore {
  publish(tenant: string, pattern: NewPattern, rules: PublishRules): Promise<Published>;
  list(tenant: string, filter: PatternFilter): Promise<{ readonly patterns: readonly PatternSummary[]; readonly total: number }>;
  get(tenant: string, name: string, asked: string | null): Promise<PatternRecord | null>;
  versions(tenant: string, name: string): Promise<readonly PatternVersion[]>;
  remove(tenant: string, name: string, version: string | null, by?: Cause): Promise<number>;
  claimKey(request: {
    readonly tenant: string;
    readonly route: string;
    readonly key: string;
    readonly bodyHash: string;
    readonly resultId: string;
  }): Promise<unknown>;
}

export interface PatternFilter {
  readonly search: string | null;
  readonly limit: number;
  readonly offset: number;
}

/** A definition with what was said beside it, which must not contradict it; a description said beside it counts before its own. */
export interface Submission {
  readonly definition: string;
  readonly name?: string | undefined;
  readonly version?: string | undefined;
  readonly description?: string | undefined;
}

export interface Receipt {
  readonly name: string;
  readonly version: string;
  readonly outcome: 'created' | 'same' | 'replaced';
}

export type Checked = { readonly valid: true } | { readonly valid: false; readonly errors: readonly (ValueProblem & Partial<DefinitionError>)[] };

export class Patterns {
  constructor(private readonly store: PatternStore) {}

  /**
   * A version is made once and never changed; publishing what is there already does nothing. Faults: `pattern.invalid` with all errors, `pattern.contradicted` for a name or version
   * said beside the definition, `pattern.version_exists`, `pattern.too_many` and `pattern.too_many_versions` (conflict), `pattern.not_found`, `idempotency.key_reused`.
   */
  async publish(
    { tenant, subject }: Pick<Principal, 'tenant' | 'subject'>,
    submission: Submission,
    { overwrite = false, existing = false, idempotencyKey = null }: Partial<PublishRules> & { readonly idempotencyKey?: string | null } = {},
  ): Promise<Receipt> {
    const pattern = this.read(submission, subject);
    const { name, version } = pattern;
    if (idempotencyKey !== null) {
      const bodyHash = createHash('sha256')
        .update(canonicalJson({ ...submission, overwrite }))
        .digest('hex');
      await this.store.claimKey({ tenant, route: 'POST /api/patterns', key: idempotencyKey, bodyHash, resultId: `${name}@${version}` });
    }
    const published = await this.store.publish(tenant, pattern, { overwrite, existing });
    if (published === 'created' || published === 'same' || published === 'replaced') return { name, version, outcome: published };
    throw refusal(published, pattern);
  }

  private read(submission: Submission, createdBy: string): NewPattern {
    const parsed = parsePattern(submission.definition);
    if (!parsed.ok) throw invalid(parsed.errors);
    const { definition, plan } = parsed;
    const { name, version, kind } = plan;
    for (const [field, said] of [
      ['name', name],
      ['version', version],
    ] as const) {
      const beside = submission[field];
      if (beside !== undefined && beside !== said)
        throw new Fault('invalid', 'pattern.contradicted', `${field}: expected ${said}, as the definition says`, {
          field,
          reason: `expected ${said}, as the definition says`,
        });
    }
    const description = submission.description ?? definition.description ?? '';
    const digest = createHash('sha256').update(canonicalJson({ definition, description })).digest('hex');
    return { name, version, kind, description, source: submission.definition, definition, plan, digest, createdBy };
  }

  /** An upload of several definitions. What it published is found by its names and versions, so a repetition changes nothing. Fault `idempotency.key_reused` for another body. */
  async claimUpload(tenant: string, key: string, body: unknown): Promise<void> {
    const bodyHash = createHash('sha256').update(canonicalJson(body)).digest('hex');
    await this.store.claimKey({ tenant, route: 'POST /api/patterns/upload/batch', key, bodyHash, resultId: 'upload' });
  }

  list(tenant: string, filter: PatternFilter): Promise<{ readonly patterns: readonly PatternSummary[]; readonly total: number }> {
    return this.store.list(tenant, filter);
  }

  /** The version that `asked` means (a version, a range, `latest`; null: the newest). Faults `pattern.not_found`, and `pattern.version_range` for what is none. */
  async get(tenant: string, name: string, asked: string | null): Promise<PatternRecord> {
    if (asked !== null && !isRange(asked)) throw badRange();
    const found = await this.store.get(tenant, name, asked);
    if (!found) throw notFound(name, asked);
    return found;
  }

  /** Ascending. Fault `pattern.not_found`. */
  async versions(tenant: string, name: string): Promise<readonly PatternVersion[]> {
    const versions = await this.store.versions(tenant, name);
    if (versions.length === 0) throw notFound(name, null);
    return versions;
  }

  /** One version exactly, or with null all. Executions that run keep the plan that they began with. Fault `pattern.not_found`. */
  async remove(principal: Pick<Principal, 'tenant' | 'subject' | 'via'>, name: string, version: string | null): Promise<number> {
    const { tenant, subject, via = 'api' } = principal;
    const removed = await this.store.remove(tenant, name, version, { subject, via });
    if (removed === 0) throw notFound(name, version);
    return removed;
  }

  /** Whether a version would take an input. Faults as {@link Patterns.get}. */
  async checkInput(tenant: string, name: string, asked: string | null, input: Json): Promise<Checked> {
    const { plan } = await this.get(tenant, name, asked);
    const { problems } = checkInput(plan.input, input);
    return problems.length === 0 ? { valid: true } : { valid: false, errors: problems };
  }

  /** Whether a text is a definition; nothing is kept of it. */
  checkDefinition(source: string): Checked {
    const parsed = parsePattern(source);
    return parsed.ok ? { valid: true } : { valid: false, errors: parsed.errors };
  }
}

const invalid = (errors: readonly DefinitionError[]): Fault => {
  const [first] = errors;
  const reason = first ? `line ${first.line}, column ${first.column}: ${first.path === '' ? '' : `${first.path}: `}${first.message}` : 'is no definition';
  return new Fault('invalid', 'pattern.invalid', `definition: ${reason}`, { field: 'definition', reason, errors });
};

const notFound = (name: string, version: string | null): Fault =>
  new Fault('not_found', 'pattern.not_found', version === null ? 'There is no such pattern.' : 'There is no such version of the pattern.', { name, version });

const badRange = (): Fault => {
  const reason = 'expected a version such as 1.2.0, a range such as 1.x or ^1, or latest';
  return new Fault('invalid', 'pattern.version_range', `version: ${reason}`, { field: 'version', reason, in: 'query' });
};

function refusal(published: Exclude<Published, Receipt['outcome']>, { name, version }: NewPattern): Fault {
  switch (published) {
    case 'version_exists':
      return new Fault('conflict', 'pattern.version_exists', `Version ${version} of ${name} exists and says something else; give it another version.`, {
        name,
        version,
      });
    case 'unknown_name':
      return notFound(name, null);
    case 'too_many_patterns':
      return new Fault('conflict', 'pattern.too_many', `There are ${PATTERNS_MAX} patterns already; delete one first.`, { max: PATTERNS_MAX });
    case 'too_many_versions':
      return new Fault('conflict', 'pattern.too_many_versions', `${name} has ${VERSIONS_MAX} versions already; delete some first.`, {
        name,
        max: VERSIONS_MAX,
      });
  }
}
