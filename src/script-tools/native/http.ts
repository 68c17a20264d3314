/** Calling an address over HTTP, under the rule for all addresses that somebody else gave. */
import { z } from 'zod';
import type { Json } from '../../contracts/pattern/json';
import type { ArtifactMention, ScriptTool, ScriptToolContext } from '../../contracts/script/tools';
import { Fault } from '../../errors/fault';
import { URL_MAX, type AddressRule } from '../../outgoing/address-rule';
import { guardedRequest, HTTP_METHODS, type OutgoingAnswer, type OutgoingRequest } from '../../outgoing/guarded-request';
import { HttpHeaders } from '../../outgoing/header-fields';
import { scriptTool } from '../script-tool';

/** Bytes that are sent, and that are taken. */
const SENT_MAX = 1024 * 1024;
const TAKEN_MAX = 8 * 1024 * 1024;
/** Characters of an answer that are part of the value; what is longer is kept as an artifact. */
const BODY_SHOWN = 128 * 1024;
const SECONDS_MAX = 120;

const Arguments = z.strictObject({
  url: z
    .url({ protocol: /^https?$/ })
    .max(URL_MAX)
    .describe('Where to; https:// or http://.'),
  method: z.enum(HTTP_METHODS).default('GET'),
  query: z
    .record(z.string().min(1).max(200), z.union([z.string().max(URL_MAX), z.number(), z.boolean()]))
    .optional()
    .describe('Is added to the address.'),
  headers: HttpHeaders.optional(),
  body: z.json().optional().describe('A text as it is; anything else as JSON.'),
  timeout_seconds: z.number().min(1).max(SECONDS_MAX).default(30),
});
type Arguments = z.output<typeof Arguments>;

/** By the meaning of the methods, doing one of these twice is as much as once. */
const REPEATABLE: ReadonlySet<string> = new Set(['GET', 'HEAD', 'PUT', 'DELETE']);

export const httpTool = (rule: AddressRule): ScriptTool =>
  scriptTool({
    name: 'http',
    description:
      'Calls an address over HTTP. Any status is an answer: `status`, `ok` (200 to 299), `headers`, `body` (a text), `json` (where the answer is JSON), `artifact` (where it is no text, or a long one). Redirects are not followed.',
    effect: 'external',
    args: Arguments,
    twice: ({ method }) => (REPEATABLE.has(method) ? 'harmless' : 'harmful'),
    perform: async (args, context) => ({ output: await outputOf(args, await sent(args, context, rule), context) }),
  });

async function sent(args: Arguments, { key, signal }: ScriptToolContext, rule: AddressRule): Promise<OutgoingAnswer> {
  const { method, headers = {}, timeout_seconds: seconds } = args;
  const body = bodyOf(args);
  const given = new Set(Object.keys(headers).map((name) => name.toLowerCase()));
  const request: OutgoingRequest = {
    ...{ url: addressOf(args), method, timeoutMs: Math.round(seconds * 1_000), maxBytes: TAKEN_MAX, signal },
    headers: {
      ...headers,
      ...(body !== undefined && typeof args.body !== 'string' && !given.has('content-type') && { 'Content-Type': 'application/json' }),
      // A receiver that knows such keys does a repetition of this call once.
      ...(!REPEATABLE.has(method) && !given.has('idempotency-key') && { 'Idempotency-Key': key }),
    },
    ...(body !== undefined && { body }),
  };
  try {
    return await guardedRequest(request, rule);
  } catch (problem) {
    signal.throwIfAborted();
    if (!(problem instanceof Fault)) throw problem;
    const begun = problem.code !== 'outgoing.address_refused';
    // What was sent may have arrived.
    throw new Fault(problem.kind, problem.code, problem.message, { ...problem.facts, begun, ...(begun && { unknown: true }) });
  }
}

function addressOf({ url, query = {} }: Arguments): string {
  const address = new URL(url);
  for (const [name, value] of Object.entries(query)) address.searchParams.append(name, String(value));
  return address.href;
}

function bodyOf({ body }: Arguments): string | undefined {
  if (body === undefined) return undefined;
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const bytes = Buffer.byteLength(text);
  if (bytes > SENT_MAX)
    throw new Fault('invalid', 'script_tool.arguments', `body: expected at most ${SENT_MAX} bytes, found ${bytes}`, { field: 'body', begun: false });
  return text;
}

const HEADERS_SHOWN = 50;
const HEADER_SHOWN = 1_000;

async function outputOf({ url, method }: Arguments, answer: OutgoingAnswer, { keep }: ScriptToolContext): Promise<Json> {
  const { status, headers, bytes, durationMs } = answer;
  const type = String(headers['content-type'] ?? '').slice(0, 200);
  const text = textOf(bytes, type);
  const long = text !== null && text.length > BODY_SHOWN;
  const kept: ArtifactMention | null =
    bytes.length > 0 && (text === null || long) ? await keep({ name: nameOf(url), mediaType: type || 'application/octet-stream', bytes }) : null;
  const json = text !== null && !long && /\bjson\b/i.test(type) ? jsonOf(text) : undefined;
  return {
    ...{ status, ok: status >= 200 && status < 300, url, method },
    headers: shownHeaders(headers),
    body: text?.slice(0, BODY_SHOWN) ?? null,
    ...(json !== undefined && { json }),
    ...{ truncated: long, artifact: kept && { ...kept }, duration_ms: durationMs },
  };
}

function shownHeaders(headers: OutgoingAnswer['headers']): Readonly<Record<string, string>> {
  const shown = Object.entries(headers).flatMap(([name, value]) =>
    value === undefined || name === 'set-cookie' ? [] : [[name, (typeof value === 'string' ? value : value.join(', ')).slice(0, HEADER_SHOWN)] as const],
  );
  return Object.fromEntries(shown.slice(0, HEADERS_SHOWN));
}

/** Null: it is no text, by what it says or by what it is. */
function textOf(bytes: Uint8Array, type: string): string | null {
  if (type !== '' && !/^(?:text\/|application\/(?:[\w.+-]*\+)?(?:json|xml|x-ndjson|javascript|yaml|x-www-form-urlencoded)\b)/i.test(type)) return null;
  try {
    return new TextDecoder(/charset=["']?([\w-]+)/i.exec(type)?.[1] ?? 'utf-8', { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

function jsonOf(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

const nameOf = (url: string): string => new URL(url).pathname.split('/').filter(Boolean).at(-1)?.slice(0, 100) ?? 'answer';
