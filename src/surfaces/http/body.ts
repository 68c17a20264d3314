/** Reads a body of at most {@link BODY_MAX} bytes, JSON or where a route takes it text, or says what is wrong with it. */
import { bodyParser } from '@koa/bodyparser';
import type { Context } from 'koa';
import { Fault } from '../../errors/fault';

/** Bytes of a body, after decompression. The largest that a surface needs is a spawn with its context files. */
export const BODY_MAX = 2 * 1024 * 1024;
/** Lists and objects inside each other. Schemas and serialisers go down by recursion, and the stack has an end. */
const DEPTH_MAX = 64;

/** Bodies that a route takes as text, beside JSON. */
export interface TextBody {
  /** Media types, without parameters. */
  readonly types: readonly string[];
  /** What the text stands for among the JSON bodies of the route. */
  readonly read: (text: string) => unknown;
}

interface BodyError {
  readonly status?: number;
  readonly type?: string;
}

const thrown = (error: Error): never => {
  throw error;
};
const limit = BODY_MAX as unknown as string;
const json = bodyParser({ enableTypes: ['json'], jsonLimit: limit, onError: thrown });
const textOf = (types: readonly string[]) => bodyParser({ enableTypes: ['text'], textLimit: limit, extendTypes: { text: [...types] }, onError: thrown });

export const hasBody = (ctx: Context): boolean => ctx.req.headers['transfer-encoding'] !== undefined || Number(ctx.req.headers['content-length'] ?? 0) > 0;

export const isJson = (contentType: string | undefined): boolean => /^application\/(?:[a-z0-9.+-]+\+)?json\s*(?:;|$)/i.test(contentType ?? '');

/** JSON is UTF-8 (RFC 8259 §8.1), of which ASCII is a part. */
const isReadable = (contentType: string): boolean => {
  const charset = /;\s*charset\s*=\s*(?:"([^"]*)"|([^\s;]*))/i.exec(contentType);
  return charset === null || /^(?:utf-?8|us-ascii)$/i.test(charset[1] ?? charset[2] ?? '');
};
const isText = (contentType: string | undefined, { types }: TextBody): boolean => types.includes((contentType ?? '').split(';')[0]!.trim().toLowerCase());

/**
 * The parsed body; `{}` when there is none and none is required. Faults: `request.content_type` (415) for what is not JSON or not in a known encoding, `request.too_large`
 * (413), `request.malformed_json` and `request.too_deep` (400), `request.aborted` (400) when the client stopped sending.
 */
export async function readBody(ctx: Context, text?: TextBody, required = false): Promise<unknown> {
  if (!hasBody(ctx) && required) throw isJson(ctx.req.headers['content-type']) ? bodyFault({}, ctx) : wrongType(ctx, text);
  if (!hasBody(ctx)) return {};
  const given = ctx.req.headers['content-type'];
  const asText = text !== undefined && isText(given, text);
  if (!asText && !isJson(given)) throw wrongType(ctx, text);
  if (!isReadable(given ?? '')) throw bodyFault({ status: 415 }, ctx);
  try {
    await (asText ? textOf(text.types) : json)(ctx, () => Promise.resolve());
  } catch (error) {
    throw bodyFault(error, ctx);
  }
  if (asText) return text.read(String(ctx.request.body));
  return assertShallow(ctx.request.body);
}

/** Fault `request.too_deep` (400). */
export function assertShallow(body: unknown): unknown {
  if (isTooDeep(body)) throw new Fault('invalid', 'request.too_deep', `The body nests lists and objects more than ${DEPTH_MAX} deep.`, { maxDepth: DEPTH_MAX });
  return body;
}

function wrongType(ctx: Context, text: TextBody | undefined): Fault {
  ctx.set('Connection', 'close');
  const types = ['application/json', ...(text?.types.slice(0, 1) ?? [])];
  return new Fault(
    'invalid',
    'request.content_type',
    `Send the body as ${text ? 'JSON or text' : 'JSON'}, with the header Content-Type: ${types.join(' or ')}.`,
    {
      expected: types.join(' or '),
      received: ctx.req.headers['content-type'] ?? null,
    },
  );
}

/** Level by level instead of by recursion, which is what it protects from. */
function isTooDeep(body: unknown): boolean {
  let level: unknown[] = [body];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > DEPTH_MAX) return true;
    level = level.flatMap((value): unknown[] => (typeof value === 'object' && value !== null ? Object.values(value) : []));
  }
  return false;
}

function bodyFault(error: unknown, ctx: Context): Fault {
  const { status, type } = error as BodyError;
  // What is left of the body is not read: the connection cannot carry another request.
  ctx.set('Connection', 'close');
  if (status === 413) return new Fault('invalid', 'request.too_large', `The body is larger than ${BODY_MAX} bytes.`, { maxBytes: BODY_MAX });
  if (status === 415)
    return new Fault('invalid', 'request.content_type', 'The encoding or the character set of the body is not supported.', {
      expected: 'application/json; charset=utf-8',
    });
  if (type === 'request.aborted' || type === 'request.size.invalid') return new Fault('invalid', 'request.aborted', 'The body ended before it was complete.');
  return new Fault('invalid', 'request.malformed_json', 'The body is not valid JSON, or not an object.', {});
}
