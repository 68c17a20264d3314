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
/** Characters of a turn that wait at most. */
const TURN_MAX = 64 * 1024;
const REDACT = SECRET_FIELDS.flatMap((field) => [`["${field}"]`, `*["${field}"]`, `*.*["${field}"]`]);

export type Log = Logger;

/**
 * Standard error, written once for all lines of one turn of the event loop: a busy server has many, and each write is a call of the system. The lines of a turn that a
 * process does not survive are lost, of no other; one that ends by itself writes them first.
 */
class LinesOfTurn implements DestinationStream {
  readonly #to = destination({ fd: 2, sync: true });
  #lines = '';

  constructor() {
    process.on('exit', () => this.#flush());
  }

  write(line: string): void {
    if (this.#lines === '') setImmediate(() => this.#flush());
    this.#lines += line;
    if (this.#lines.length > TURN_MAX) this.#flush();
  }

  #flush(): void {
    const lines = this.#lines;
    this.#lines = '';
    if (lines !== '') this.#to.write(lines);
  }
}

export const createLog = ({
  level = 'info',
  name = 'everthread',
  to,
}: { readonly level?: string; readonly name?: string; readonly to?: DestinationStream } = {}): Log =>
  pino(
    { level, name, base: null, timestamp: () => `,"time":"${new Date().toISOString()}"`, redact: { paths: REDACT, censor: '[redacted]' } },
    to ?? new LinesOfTurn(),
  );
