/** A gRPC request as the checks of the HTTP shell look at it: headers, the name by which it came, the address it came from. */
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { createContextKey, type ContextValues } from '@connectrpc/connect';
import type { ConnectNodeAdapterOptions } from '@connectrpc/connect-node';

type NodeServerRequest = Parameters<NonNullable<ConnectNodeAdapterOptions['contextValues']>>[0];

const key = createContextKey<NodeServerRequest | null>(null);

export const remember = (values: ContextValues, request: NodeServerRequest): ContextValues => values.set(key, request);

/** All headers `authorization` that came: Node keeps the first and drops the rest. */
function authorizations(raw: readonly string[]): string[] {
  const found: string[] = [];
  for (let at = 0; at + 1 < raw.length; at += 2) if (raw[at]?.toLowerCase() === 'authorization') found.push(raw[at + 1] ?? '');
  return found;
}

export function peerOf(values: ContextValues): IncomingMessage {
  const request = values.get(key);
  const { ':authority': authority, ...headers } = (request?.headers ?? {}) as IncomingHttpHeaders & { ':authority'?: string };
  const sent = authorizations(request?.rawHeaders ?? []);
  return {
    headers: { ...headers, host: headers.host ?? authority },
    headersDistinct: sent.length > 0 ? { authorization: sent } : {},
    socket: request?.socket,
  } as unknown as IncomingMessage;
}
