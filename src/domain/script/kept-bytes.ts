/** Artifacts of scripts in the blob store: bytes in parts, and an index of them, which is the name of the whole. */
import { Fault } from '../../errors/fault';

/** Bytes of one artifact. */
export const ARTIFACT_MAX = 16 * 1024 * 1024;
const PART = 1024 * 1024;

/** What is needed of the blob store. */
export interface ByteStore {
  put(tenant: string, value: string): Promise<string>;
  get(tenant: string, ref: string): Promise<string | null>;
  putBytes(tenant: string, bytes: Uint8Array): Promise<string>;
  getBytes(tenant: string, ref: string): Promise<Uint8Array | null>;
}

interface Index {
  readonly parts: readonly string[];
  readonly bytes: number;
}

/** Fault `script_tool.artifact_too_large` (invalid). */
export async function keepBytes(blobs: ByteStore, tenant: string, bytes: Uint8Array): Promise<string> {
  if (bytes.length > ARTIFACT_MAX)
    throw new Fault('invalid', 'script_tool.artifact_too_large', `An artifact of ${bytes.length} bytes; at most ${ARTIFACT_MAX} are kept.`, {
      ...{ bytes: bytes.length, max: ARTIFACT_MAX },
    });
  const parts: string[] = [];
  for (let from = 0; from < bytes.length; from += PART) parts.push(await blobs.putBytes(tenant, bytes.subarray(from, from + PART)));
  const index: Index = { parts, bytes: bytes.length };
  return blobs.put(tenant, JSON.stringify(index));
}

/** Fault `script_tool.artifact_gone` (not_found). */
export async function readBytes(blobs: ByteStore, tenant: string, ref: string): Promise<Uint8Array> {
  const text = await blobs.get(tenant, ref);
  const index = text === null ? null : indexOf(text);
  if (!index) throw gone(ref);
  const whole = new Uint8Array(index.bytes);
  let at = 0;
  for (const part of index.parts) {
    const bytes = await blobs.getBytes(tenant, part);
    if (!bytes || at + bytes.length > whole.length) throw gone(ref);
    whole.set(bytes, at);
    at += bytes.length;
  }
  if (at !== whole.length) throw gone(ref);
  return whole;
}

/** Null: it is something else. */
function indexOf(text: string): Index | null {
  if (!text.startsWith('{"parts":[')) return null;
  try {
    const { parts, bytes } = JSON.parse(text) as Partial<Index>;
    const isIndex = Array.isArray(parts) && typeof bytes === 'number' && bytes >= 0 && bytes <= ARTIFACT_MAX && parts.every((part) => typeof part === 'string');
    return isIndex ? { parts, bytes } : null;
  } catch {
    return null;
  }
}

const gone = (ref: string): Fault => new Fault('not_found', 'script_tool.artifact_gone', 'There is no artifact of this name any more.', { ref });
