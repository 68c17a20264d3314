/** The bytes of a body as they came, for routes that check a signature over them, and what they say. */
import type { Context } from 'koa';
import { Fault } from '../../errors/fault';
import { BODY_MAX, assertShallow, hasBody, isJson } from './body';

export interface RawBody {
  readonly bytes: Buffer;
  /** JSON as a value, a form as an object of its fields, anything else as text. */
  readonly value: unknown;
}

/** Faults: `request.too_large` (413), `request.content_type` (415) for an encoded body, `request.malformed_json` and `request.too_deep` (400), `request.aborted` (400). */
export async function readRawBody(ctx: Context, max = BODY_MAX): Promise<RawBody> {
  if (!hasBody(ctx)) return { bytes: Buffer.alloc(0), value: {} };
  const encoding = ctx.req.headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity') {
    ctx.set('Connection', 'close');
    throw new Fault('invalid', 'request.content_type', 'Send the body without Content-Encoding.', { expected: 'identity', received: encoding });
  }
  const bytes = await readBytes(ctx, max);
  return { bytes, value: valueOf(bytes, ctx.req.headers['content-type']) };
}

async function readBytes(ctx: Context, max: number): Promise<Buffer> {
  const parts: Buffer[] = [];
  let size = 0;
  try {
    for await (const part of ctx.req as AsyncIterable<Buffer>) {
      size += part.length;
      if (size > max) break;
      parts.push(part);
    }
  } catch {
    throw new Fault('invalid', 'request.aborted', 'The body ended before it was complete.');
  }
  if (size <= max) return Buffer.concat(parts);
  ctx.set('Connection', 'close');
  throw new Fault('invalid', 'request.too_large', `The body is larger than ${max} bytes.`, { maxBytes: max });
}

function valueOf(bytes: Buffer, contentType: string | undefined): unknown {
  const text = bytes.toString('utf8');
  if (isJson(contentType)) {
    try {
      return assertShallow(JSON.parse(text));
    } catch (problem) {
      if (problem instanceof Fault) throw problem;
      throw new Fault('invalid', 'request.malformed_json', 'The body is not valid JSON.', {});
    }
  }
  if (/^application\/x-www-form-urlencoded\b/i.test(contentType ?? '')) return Object.fromEntries(new URLSearchParams(text));
  return text;
}
