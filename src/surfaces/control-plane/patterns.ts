/** The pattern catalogue (seed 001 "Patterns"): publish, find, compare and delete versions of pattern definitions. Uploads are in ./pattern-uploads.ts. */
import type { PatternRecord, PatternSummary, PatternVersion, PublishRules } from '../../contracts/pattern/catalogue';
import type { Json } from '../../contracts/pattern/json';
import type { Principal } from '../../contracts/principal';
import type { Checked, PatternFilter, Receipt, Submission } from '../../gateway/patterns';
import { z } from 'zod';
import { pageOf } from '../http/paging';
import { replayedHeader } from '../http/keyed';
import { route } from '../http/route';
import { PatternBody, PatternListQuery, PatternParams, PatternQuery, RemoveQuery, ValidateBody, YAML_BODY } from './pattern-bodies';
import { Pattern, PatternList, patternView, PublishedPattern, summaryView, Validity, VersionList, versionView } from './pattern-views';

/** Everything throws `pattern.not_found` for a name or version that the tenant does not have. */
export interface PatternPorts {
  publish(principal: Principal, submission: Submission, rules?: Partial<PublishRules> & { readonly idempotencyKey?: string | null }): Promise<Receipt>;
  claimUpload(tenant: string, key: string, body: unknown): Promise<void>;
  list(tenant: string, filter: PatternFilter): Promise<{ readonly patterns: readonly PatternSummary[]; readonly total: number }>;
  get(tenant: string, name: string, asked: string | null): Promise<PatternRecord>;
  versions(tenant: string, name: string): Promise<readonly PatternVersion[]>;
  remove(principal: Principal, name: string, version: string | null): Promise<number>;
  checkInput(tenant: string, name: string, asked: string | null, input: Json): Promise<Checked>;
  checkDefinition(source: string): Checked;
}

interface Port {
  readonly patterns: PatternPorts;
}

const resource = 'pattern';
const YAML = `name: content-classifier
version: 1.0.0
description: Classify content using multi-agent voting
input:
  content:
    type: string
    required: true
agents:
  capabilities: [classification]
  min: 3
aggregation:
  strategy: voting
  method: majority
output:
  category: $vote.result
  confidence: $vote.confidence
`;
export const EXAMPLE = { name: 'content-classifier', version: '1.0.0', description: 'Classify content using multi-agent voting', definition: YAML };

const addressOf = (name: string): string => `/api/patterns/${encodeURIComponent(name)}`;

export const listPatterns = route({
  method: 'get',
  path: '/api/patterns',
  summary: 'List patterns by name, each with its newest version',
  operationId: 'listPatterns',
  scope: 'patterns:read',
  query: PatternListQuery,
  reply: { status: 200, description: 'A page of patterns.', body: PatternList },
  handle: async ({ query: { search, ...page }, principal }, { patterns }: Port) => {
    const found = await patterns.list(principal.tenant, { search: search ?? null, ...page });
    return { body: { patterns: found.patterns.map(summaryView), count: found.patterns.length, ...pageOf(page, found.patterns.length, found.total) } };
  },
});

export const createPattern = route({
  method: 'post',
  path: '/api/patterns',
  summary: 'Publish a version of a pattern',
  operationId: 'createPattern',
  resource,
  scope: 'patterns:write',
  idempotent: true,
  body: PatternBody,
  textBody: YAML_BODY,
  examples: { bodies: { classifier: EXAMPLE }, reply: { name: 'content-classifier', version: '1.0.0', created: true } },
  reply: { status: 201, description: 'The version. One that is there already and says the same is answered in the same way.', body: PublishedPattern },
  handle: async ({ body, principal, idempotencyKey }, { patterns }: Port) => {
    const receipt = await patterns.publish(principal, body, { idempotencyKey });
    const { name, version } = receipt;
    return { body: { name, version, created: true }, headers: { Location: addressOf(name), ...replayedHeader(receipt.outcome === 'same') } };
  },
});

export const getPattern = route({
  method: 'get',
  path: '/api/patterns/:name',
  summary: 'Read a pattern',
  operationId: 'getPattern',
  scope: 'patterns:read',
  params: PatternParams,
  query: PatternQuery,
  reply: { status: 200, description: 'The version that was asked for; of a range the highest.', body: Pattern },
  handle: async ({ params, query, principal }, { patterns }: Port) => ({
    body: patternView(await patterns.get(principal.tenant, params.name, query.version ?? null)),
  }),
});

export const updatePattern = route({
  method: 'put',
  path: '/api/patterns/:name',
  summary: 'Publish a further version of a pattern that exists',
  operationId: 'updatePattern',
  resource,
  scope: 'patterns:write',
  params: PatternParams,
  body: PatternBody.omit({ name: true }).meta({ id: 'PatternUpdate' }),
  textBody: YAML_BODY,
  examples: { bodies: { next: { version: '1.1.0', description: 'Updated classifier', definition: YAML.replace('1.0.0', '1.1.0') } } },
  reply: { status: 200, description: 'The version. `created` is false when it was there already and says the same.', body: PublishedPattern },
  handle: async ({ params, body, principal }, { patterns }: Port) => {
    const { name, version, outcome } = await patterns.publish(principal, { ...body, name: params.name }, { existing: true });
    return { body: { name, version, created: outcome === 'created' } };
  },
});

export const deletePattern = route({
  method: 'delete',
  path: '/api/patterns/:name',
  summary: 'Delete a pattern, or one version of it',
  operationId: 'deletePattern',
  resource,
  scope: 'patterns:write',
  params: PatternParams,
  query: RemoveQuery,
  reply: {
    status: 200,
    description: 'How many versions are gone. What runs goes on: an execution has its own copy.',
    body: z.object({ deleted: z.literal(true), versionsRemoved: z.int() }),
  },
  handle: async ({ params, query, principal }, { patterns }: Port) => ({
    body: { deleted: true as const, versionsRemoved: await patterns.remove(principal, params.name, query.version ?? null) },
  }),
});

export const listPatternVersions = route({
  method: 'get',
  path: '/api/patterns/:name/versions',
  summary: 'List the versions of a pattern, oldest first',
  operationId: 'listPatternVersions',
  scope: 'patterns:read',
  params: PatternParams,
  reply: { status: 200, description: 'All of its versions, in the order of semantic versions; at most 500.', body: VersionList },
  handle: async ({ params, principal }, { patterns }: Port) => ({
    body: { pattern: params.name, versions: (await patterns.versions(principal.tenant, params.name)).map(versionView) },
  }),
});

export const validatePattern = route({
  method: 'post',
  path: '/api/patterns/:name/validate',
  summary: 'Check an input against a pattern, or a definition',
  operationId: 'validatePattern',
  resource,
  scope: 'patterns:read',
  params: PatternParams,
  query: PatternQuery,
  body: ValidateBody,
  examples: { bodies: { input: { input: { content: 'Document to classify' } }, definition: { definition: YAML } }, reply: { valid: true, errors: [] } },
  reply: { status: 200, description: 'Whether it is valid, and everything that is wrong. Nothing is run and nothing is kept.', body: Validity },
  handle: async ({ params, query, body, principal }, { patterns }: Port) => {
    const checked =
      body.definition === undefined
        ? await patterns.checkInput(principal.tenant, params.name, query.version ?? null, body.input ?? null)
        : patterns.checkDefinition(body.definition);
    return { body: checked.valid ? { valid: true, errors: [] } : { valid: false, errors: checked.errors.map((error) => ({ ...error })) } };
  },
});
