/** The bytes of an artifact, for whoever holds an address that was given out for it (./downloads.ts). */
import { z } from 'zod';
import { ANONYMOUS, type Principal } from '../../contracts/principal';
import { CURSOR_MAX } from '../http/cursor';
import { route } from '../http/route';
import { DOWNLOADS_PATH } from './downloads';
import type { ScriptumPorts } from './ports';

const quoted = (name: string): string =>
  `attachment; filename*=UTF-8''${encodeURIComponent(name.replace(/\p{Surrogate}/gu, '\uFFFD')).replace(/['()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)}`;

export const downloadArtifact = route({
  method: 'get',
  path: `${DOWNLOADS_PATH}/:token`,
  summary: 'Fetch an artifact by the address that ListArtifacts gave out',
  operationId: 'downloadArtifact',
  scope: 'public',
  params: z.object({ token: z.string().min(1).max(CURSOR_MAX) }),
  reply: {
    status: 200,
    description: 'Its bytes. Needs no credential: the address is signed, and good for 15 minutes.',
    text: 'application/octet-stream',
    body: z.custom<Buffer>().meta({ type: 'string', format: 'binary' }),
  },
  handle: async ({ params }, { threads, downloads }: ScriptumPorts) => {
    const { tenant, threadId, artifactId } = downloads.open(params.token);
    const holder: Principal = { tenant, subject: ANONYMOUS, scopes: ['scripts:read'], keyId: null, operator: false };
    const { artifact, bytes } = await threads.artifactBytes(holder, threadId, artifactId);
    return { body: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), headers: { 'Content-Disposition': quoted(artifact.name) } };
  },
});
