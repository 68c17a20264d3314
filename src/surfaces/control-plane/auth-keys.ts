/** API keys: made, listed, rotated, revoked. The key itself is in one answer only, the one that makes it. */
import { z } from 'zod';
import type { ApiKeyRecord, KeyOwner } from '../../contracts/api-key';
import type { Principal } from '../../contracts/principal';
import { ANY_TENANT, Tenant } from '../../contracts/tenant';
import { KEY_PREFIXES, type KeyPrefix } from '../../domain/access/api-key';
import { Fault } from '../../errors/fault';
import { RotateBody } from './fields';
import { pageOf, PAGE_FIELDS, pageQuery } from '../http/paging';
import { replayedHeader } from '../http/keyed';
import { route } from '../http/route';
import { GRANTABLE_SCOPES } from '../http/scope';

export interface KeyAdmin {
  create(
    key: {
      readonly tenant: string;
      readonly name: string;
      readonly scopes: readonly string[];
      readonly createdBy: string;
      readonly expiresAt: string | null;
      readonly prefix: KeyPrefix;
    },
    /** Whose `Idempotency-Key`: a repetition finds the first key's row, without the key itself. */
    once: { readonly tenant: string; readonly key: string | null },
  ): Promise<{ readonly key: string | null; readonly row: ApiKeyRecord }>;
  list(owner: KeyOwner, page: { readonly limit: number; readonly offset: number }): Promise<{ readonly keys: readonly ApiKeyRecord[]; readonly total: number }>;
  get(owner: KeyOwner, id: string): Promise<ApiKeyRecord | null>;
  rotate(
    owner: KeyOwner,
    id: string,
    next: { readonly createdBy: string; readonly graceSeconds: number },
    /** As of `create`. */
    once: { readonly tenant: string; readonly key: string | null },
  ): Promise<{ readonly key: string | null; readonly row: ApiKeyRecord } | null>;
  revoke(owner: KeyOwner, id: string): Promise<boolean>;
}

interface KeyPort {
  readonly keys: KeyAdmin;
}

const KeyFields = {
  id: z.string(),
  tenant: z.string().describe('`*`: an operator, who may act in any tenant.'),
  name: z.string(),
  hint: z.string().describe('The beginning and the end of the key.'),
  scopes: z.array(z.string()),
  createdBy: z.string(),
  createdAt: z.iso.datetime(),
  expiresAt: z.iso.datetime().nullable(),
  revokedAt: z.iso.datetime().nullable(),
  lastUsedAt: z.iso.datetime().nullable().describe('To the minute.'),
  rotatedFrom: z.string().nullable(),
};
const ApiKey = z.object(KeyFields).meta({ id: 'ApiKey' });
const NewApiKey = z
  .object({ ...KeyFields, key: z.string().nullable().describe('The key, this once; null in the answer to a repeated request.') })
  .meta({ id: 'NewApiKey' });

const KeyParams = z.object({ id: z.string().min(1).max(128) });

const CreateBody = z
  .strictObject({
    name: z
      .string()
      .trim()
      .min(1)
      .max(200)
      .refine((name) => !name.includes('\0'), 'expected text without NUL characters'),
    tenant: z
      .union([Tenant, z.literal(ANY_TENANT)])
      .optional()
      .describe('Only operators may name another one than their own.'),
    scopes: z
      .array(z.enum(GRANTABLE_SCOPES as [string, ...string[]], `expected one of ${GRANTABLE_SCOPES.join(', ')}`))
      .min(1)
      .max(50),
    expiresAt: z.iso.datetime({ offset: true }).nullish().describe('A time to come.'),
    prefix: z.enum(KEY_PREFIXES).default('pk_live'),
  })
  .meta({ id: 'CreateApiKey' });

const ownerOf = ({ operator, tenant }: Principal): KeyOwner => (operator ? null : tenant);
const unknown = (id: string): Fault => new Fault('not_found', 'keys.not_found', 'There is no such key.', { id });

export const createKey = route({
  method: 'post',
  path: '/api/auth/keys',
  summary: 'Make an API key',
  resource: 'api-key',
  scope: 'admin',
  idempotent: true,
  body: CreateBody,
  reply: { status: 201, description: 'The key. It is never shown again.', body: NewApiKey },
  handle: async ({ body, principal, idempotencyKey }, { keys }: KeyPort) => {
    const tenant = body.tenant ?? principal.tenant;
    if (tenant !== principal.tenant && !principal.operator)
      throw new Fault('forbidden', 'keys.other_tenant', 'Only operators may make keys for another tenant.', { field: 'tenant' });
    if (body.expiresAt && Date.parse(body.expiresAt) <= Date.now())
      throw new Fault('invalid', 'request.invalid', 'expiresAt: expected a time to come', {
        field: 'expiresAt',
        reason: 'expected a time to come',
        in: 'body',
      });
    const { name, scopes, prefix } = body;
    const expiresAt = body.expiresAt ? new Date(body.expiresAt).toISOString() : null;
    const asked = { tenant, name, scopes: [...new Set(scopes)], createdBy: principal.subject, expiresAt, prefix };
    const { key, row } = await keys.create(asked, { tenant: principal.tenant, key: idempotencyKey });
    return { body: { ...row, key }, headers: replayedHeader(key === null) };
  },
});

export const listKeys = route({
  method: 'get',
  path: '/api/auth/keys',
  summary: 'List API keys, newest first',
  scope: 'admin',
  query: pageQuery(),
  reply: { status: 200, description: 'A page of keys, revoked and expired ones among them.', body: z.object({ keys: z.array(ApiKey), ...PAGE_FIELDS }) },
  handle: async ({ query, principal }, { keys }: KeyPort) => {
    const { keys: rows, total } = await keys.list(ownerOf(principal), query);
    return { body: { keys: rows, ...pageOf(query, rows.length, total) } };
  },
});

export const getKey = route({
  method: 'get',
  path: '/api/auth/keys/:id',
  summary: 'Read an API key, without the key itself',
  scope: 'admin',
  params: KeyParams,
  reply: { status: 200, description: 'The key.', body: ApiKey },
  handle: async ({ params, principal }, { keys }: KeyPort) => {
    const row = await keys.get(ownerOf(principal), params.id);
    if (!row) throw unknown(params.id);
    return { body: row };
  },
});

export const rotateKey = route({
  method: 'post',
  path: '/api/auth/keys/:id/rotate',
  resource: 'api-key',
  summary: 'Replace an API key by a new one of the same name, tenant and scopes',
  scope: 'admin',
  idempotent: true,
  params: KeyParams,
  body: RotateBody,
  reply: { status: 201, description: 'The new key. It is never shown again.', body: NewApiKey },
  handle: async ({ params, body, principal, idempotencyKey }, { keys }: KeyPort) => {
    const next = { createdBy: principal.subject, graceSeconds: body.graceSeconds };
    const made = await keys.rotate(ownerOf(principal), params.id, next, { tenant: principal.tenant, key: idempotencyKey });
    if (!made) throw unknown(params.id);
    return { body: { ...made.row, key: made.key }, headers: replayedHeader(made.key === null) };
  },
});

export const revokeKey = route({
  method: 'delete',
  path: '/api/auth/keys/:id',
  summary: 'Revoke an API key at once',
  resource: 'api-key',
  scope: 'admin',
  params: KeyParams,
  reply: { status: 204, description: 'It is revoked, perhaps for a while already.' },
  handle: async ({ params, principal }, { keys }: KeyPort) => {
    if (!(await keys.revoke(ownerOf(principal), params.id))) throw unknown(params.id);
    return {};
  },
});
