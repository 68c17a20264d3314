/**
 * One HTTP request to an address that a user gave. The name is resolved once, every address that it has must be allowed, and the connection goes to the first of them: a
 * name that answers differently the next time is of no use to anybody. Redirects are not followed; a proxy of the environment is not used.
 */
import { lookup, type LookupAddress } from 'node:dns';
import { request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { LookupFunction } from 'node:net';
import { performance } from 'node:perf_hooks';
import { Fault } from '../errors/fault';
import { addressRefused, assertMayCall, isPublicAddress, type AddressRule } from './address-rule';

export const HTTP_METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;

export interface OutgoingRequest {
  readonly url: string;
  readonly method: (typeof HTTP_METHODS)[number];
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** From the first look at the name to the last byte of the answer. */
  readonly timeoutMs: number;
  /** Bytes of the answer that are read; more end the request. */
  readonly maxBytes: number;
  /** Whether the beginning of a larger answer is an answer. */
  readonly cut?: boolean;
  readonly signal?: AbortSignal;
}

export interface OutgoingAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly bytes: Uint8Array;
  /** The bytes as UTF-8. */
  readonly body: string;
  /** More was there than `maxBytes`. */
  readonly truncated: boolean;
  readonly durationMs: number;
}

/** As `dns.lookup` with `{all: true}`; tests give their own. */
export type Resolve = (name: string, done: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void) => void;

const system: Resolve = (name, done) => lookup(name, { all: true, verbatim: true }, done);

/** The lookup of one connection: what it answers has been checked. */
const guardedLookup =
  ({ allowPrivate }: AddressRule, resolve: Resolve): LookupFunction =>
  (name, options, callback) => {
    resolve(name, (error, addresses) => {
      const [first] = addresses ?? [];
      if (error || !first) return callback(error ?? new Fault('unavailable', 'outgoing.failed', `${name} has no address.`), '', 0);
      if (!allowPrivate && addresses.some(({ address }) => !isPublicAddress(address)))
        return callback(addressRefused(`${name} is, or may be, an address of a private network.`), '', 0);
      if (options.all) callback(null, [first]);
      else callback(null, first.address, first.family);
    });
  };

/**
 * Sends it. Faults: `outgoing.address_refused` (invalid), `outgoing.timeout` (deadline), `outgoing.too_large` (invalid) for an answer over the bound, `outgoing.failed` (unavailable) for
 * what did not come to an answer. Any status is an answer.
 */
export function guardedRequest(given: OutgoingRequest, rule: AddressRule, resolve: Resolve = system): Promise<OutgoingAnswer> {
  const began = performance.now();
  return new Promise((settle, refuse) => {
    try {
      assertMayCall(given.url, rule);
    } catch (fault) {
      refuse(fault as Fault);
      return;
    }
    const url = new URL(given.url);
    const body = given.body === undefined ? undefined : Buffer.from(given.body);
    const headers = { ...given.headers, ...(body && { 'Content-Length': String(body.length) }) };
    const options: RequestOptions = { method: given.method, headers, agent: false, lookup: guardedLookup(rule, resolve) };
    const sent = (url.protocol === 'https:' ? httpsRequest : httpRequest)(url, options, (answer) => void receive(answer));
    const timer = setTimeout(
      () => fail(new Fault('deadline', 'outgoing.timeout', `There was no answer within ${given.timeoutMs} ms.`, { timeoutMs: given.timeoutMs })),
      given.timeoutMs,
    );
    const onAbort = (): void => fail(new Fault('unavailable', 'outgoing.failed', 'The request was called off.'));
    const over = (): void => {
      clearTimeout(timer);
      given.signal?.removeEventListener('abort', onAbort);
    };
    const fail = (problem: unknown): void => {
      over();
      refuse(faultOf(problem));
      sent.destroy();
    };
    const receive = async (answer: IncomingMessage): Promise<void> => {
      try {
        const read = await readBounded(answer, given);
        over();
        settle({ status: answer.statusCode ?? 0, headers: answer.headers, ...read, durationMs: Math.round(performance.now() - began) });
      } catch (problem) {
        fail(problem);
      }
    };
    sent.on('error', fail);
    if (given.signal?.aborted) return onAbort();
    given.signal?.addEventListener('abort', onAbort, { once: true });
    sent.end(body);
  });
}

/** Ends the connection when it has read enough. */
async function readBounded(
  answer: IncomingMessage,
  { maxBytes, cut = false }: Pick<OutgoingRequest, 'maxBytes' | 'cut'>,
): Promise<Pick<OutgoingAnswer, 'bytes' | 'body' | 'truncated'>> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of answer as AsyncIterable<Buffer>) {
    size += part.length;
    parts.push(part);
    if (size <= maxBytes) continue;
    if (!cut) throw new Fault('invalid', 'outgoing.too_large', `The answer is larger than ${maxBytes} bytes.`, { maxBytes });
    break;
  }
  const bytes = Buffer.concat(parts).subarray(0, maxBytes);
  return { bytes, body: bytes.toString('utf8'), truncated: size > maxBytes };
}

/** The reason in a word or two, without what a stack would tell. */
function faultOf(problem: unknown): Fault {
  if (problem instanceof Fault) return problem;
  const { code, message } = problem as { readonly code?: unknown; readonly message?: unknown };
  const reason = typeof code === 'string' ? code : typeof message === 'string' ? message.slice(0, 200) : 'no reason given';
  return new Fault('unavailable', 'outgoing.failed', `The request did not come to an answer: ${reason}.`, {}, problem instanceof Error ? problem : undefined);
}
