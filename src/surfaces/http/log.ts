/** The log of a process: one JSON object per line on standard error, without secrets. */
import { pino, destination, type DestinationStream, type Logger } from 'pino';

/** Fields that are never written, wherever they hang at the first two levels. */
const SECRET_FIELDS = [
  'authorization',
  'cookie',
  'set-cookie',
  'x-api-key',
  'apiKey',
  'token',
  'relayToken',
  'password',
  'secret',
  'env',
  'sec-websocket-protocol',
];
const REDACT = SECRET_FIELDS.flatMap((field) => [`["${field}"]`, `*["${field}"]`, `*.*["${field}"]`]);

export type Log = Logger;

export const createLog = ({
  level = 'info',
  name = 'everthread',
  to,
}: { readonly level?: string; readonly name?: string; readonly to?: DestinationStream } = {}): Log =>
  pino(
    { level, name, base: null, timestamp: () => `,"time":"${new Date().toISOString()}"`, redact: { paths: REDACT, censor: '[redacted]' } },
    to ?? destination({ fd: 2, sync: true }),
  );
