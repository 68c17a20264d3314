/** Calling an address over HTTP (digest §5), under the rule for all addresses that somebody else gave. */
import { z } from 'zod';
import type { Tool } from '../../contracts/run/ports';
import { Fault, type Facts } from '../../errors/fault';
import { URL_MAX, type AddressRule } from '../../outgoing/address-rule';
import { HttpHeaders } from '../../outgoing/header-fields';
import { guardedRequest, type OutgoingAnswer, type OutgoingRequest } from '../../outgoing/guarded-request';
import { builtIn, toolFault, type Json } from '../tool';

/** Bytes of an answer that are given. */
const BODY_KEPT = 10_000;
const BODY_MAX = 1_024 * 1_024;
const TIMEOUT_MS = 30_000;

const Arguments = z.strictObject({
  url: z
    .url({ protocol: /^https?$/ })
    .max(URL_MAX)
    .describe('Where to; https:// or http://, a public address.'),
  method: z.enum(['GET', 'POST', 'PUT', 'DELETE']).default('GET'),
  body: z.string().max(BODY_MAX).optional().describe('What is sent.'),
  headers: HttpHeaders.optional(),
});

export const httpTool = (rule: AddressRule): Tool =>
  builtIn({
    name: 'http',
    description: `Calls a public address over HTTP and returns the status and up to ${BODY_KEPT} bytes of the answer. Redirects are not followed.`,
    effect: 'external',
    risk: 'medium',
    args: Arguments,
    wallClockMs: TIMEOUT_MS,
    perform: async ({ url, method, body, headers = {} }, { signal }) => ({
      output: await call({ url, method, headers, ...(body !== undefined && { body }), timeoutMs: TIMEOUT_MS, signal }, rule),
      delta: [],
    }),
  });

/** As an observation. Rejects with the signal's reason when that fires; else faults `outgoing.*`, which say whether the call had begun. */
export async function call(request: Omit<OutgoingRequest, 'maxBytes' | 'cut'> & { readonly signal: AbortSignal }, rule: AddressRule): Promise<Json> {
  try {
    return outputOf(request, await guardedRequest({ ...request, maxBytes: BODY_KEPT, cut: true }, rule));
  } catch (problem) {
    request.signal.throwIfAborted();
    if (!(problem instanceof Fault)) throw problem;
    const begun = problem.code !== 'outgoing.address_refused';
    // What was sent may have arrived.
    const facts: Facts & { begun: boolean } = { ...problem.facts, begun, ...(begun && { unknown: true }) };
    throw toolFault(problem.kind, problem.code, problem.message, facts);
  }
}

function outputOf({ url, method }: Pick<OutgoingRequest, 'url' | 'method'>, { status, headers, body, truncated, durationMs }: OutgoingAnswer): Json {
  const given = (name: string): string | null => {
    const value = headers[name];
    return typeof value === 'string' ? value.slice(0, URL_MAX) : null;
  };
  const receipt = { url, method, content_type: given('content-type'), location: given('location'), truncated, duration_ms: durationMs };
  return { status, body, receipt };
}
