/** Writs (digest §2.25): who may do what, signed. Revoking one ends what runs under it, at its next check. */
import { z } from 'zod';
import { Writ } from '../../contracts/run/protocol';
import { Fault } from '../../errors/fault';
import { route } from '../http/route';
import { prefixedId } from '../../domain/run/ledger/ids';
import { requiredId } from './ids';
import type { RunPorts, WritRow } from './ports';

type Port = Pick<RunPorts, 'writs'>;

const resource = 'writ';
const WritParams = z.object({ id: z.string().min(1).max(200).describe('With or without `writ:`.') });

const writIdOf = ({ id }: z.output<typeof WritParams>): string => requiredId('writ', 'id', id, 'invalid writ id');

function known(row: WritRow | null, writId: string): WritRow {
  if (row) return row;
  throw new Fault('not_found', 'writ.not_found', 'writ not found', { writId: prefixedId('writ', writId) });
}

const Kept = z
  .object({ writ_id: z.string(), writ: Writ, revoked: z.boolean(), revoked_at: z.iso.datetime().nullable(), revoked_by: z.string().nullable() })
  .meta({ id: 'KeptWrit' });

export const getWrit = route({
  method: 'get',
  path: '/writs/:id',
  summary: 'Read a writ',
  operationId: 'getWrit',
  scope: 'runs:read',
  params: WritParams,
  reply: { status: 200, description: 'With its signature; `id` is the hash of its body.', body: Kept },
  handle: async ({ params, principal }, { writs }: Port) => {
    const id = writIdOf(params);
    const { writ, revokedAt, revokedBy } = known(await writs.find(principal.tenant, id), id);
    return { body: { writ_id: prefixedId('writ', id), writ, revoked: revokedAt !== null, revoked_at: revokedAt, revoked_by: revokedBy } };
  },
});

export const revokeWrit = route({
  method: 'post',
  path: '/writs/:id/revoke',
  summary: 'Revoke a writ',
  operationId: 'revokeWrit',
  resource,
  scope: 'admin',
  params: WritParams,
  reply: {
    status: 200,
    description: 'Nothing more is done under it, nor under those that came from it.',
    body: z.object({ revoked: z.literal(true), writ_id: z.string() }).meta({ id: 'WritRevoked' }),
  },
  handle: async ({ params, principal }, { writs }: Port) => {
    const id = writIdOf(params);
    known(await writs.revoke(principal.tenant, id, principal.subject), id);
    return { body: { revoked: true as const, writ_id: id } };
  },
});

export const restoreWrit = route({
  method: 'post',
  path: '/writs/:id/restore',
  summary: 'Take back the revocation of a writ',
  operationId: 'restoreWrit',
  resource,
  scope: 'admin',
  params: WritParams,
  reply: {
    status: 200,
    description: 'It is what it was before.',
    body: z.object({ restored: z.literal(true), writ_id: z.string() }).meta({ id: 'WritRestored' }),
  },
  handle: async ({ params, principal }, { writs }: Port) => {
    const id = writIdOf(params);
    known(await writs.restore(principal.tenant, id, principal.subject), id);
    return { body: { restored: true as const, writ_id: id } };
  },
});
