/**
 * Frames as notification payloads: a line that names the actor, a line that numbers the part, then a piece of the frame's JSON. A payload of
 * Postgres may have 7,999 bytes; longer frames travel in parts, which come in order because one connection sends them.
 */
import type { Gap } from './frames';

export type Frame = Readonly<Record<string, unknown>>;

/** Bytes of a frame's JSON; a longer one is dropped and counted. */
export const FRAME_MAX = 256 * 1024;
const PART_BYTES = 7_200;
/** Frames that one process may have received in part; the oldest gives way. */
const PARTIAL_MAX = 256;

/** JSON pieces of at most 7,200 bytes, cut between characters. */
function piecesOf(text: string): readonly string[] {
  const bytes = Buffer.from(text, 'utf8');
  const pieces: string[] = [];
  for (let from = 0; from < bytes.length;) {
    let to = Math.min(from + PART_BYTES, bytes.length);
    // 10xxxxxx continues a character.
    while (to < bytes.length && ((bytes[to] as number) & 0xc0) === 0x80) to -= 1;
    pieces.push(bytes.toString('utf8', from, to));
    from = to;
  }
  return pieces;
}

/** The payloads of one frame. `name` tells it from other frames on the way. */
export function payloadsOf(address: string, name: string, json: string): readonly string[] {
  const pieces = piecesOf(json);
  return pieces.map((piece, index) => `${address}\n${name} ${index + 1} ${pieces.length}\n${piece}`);
}

/** The actor a payload is for, without reading the rest. */
export const addressOf = (payload: string): string => payload.slice(0, Math.max(0, payload.indexOf('\n')));

/** Puts parts together again. */
export class Reassembly {
  readonly #partial = new Map<string, string[]>();

  /** The frame that this payload completes, or null: it is a part, or nothing that we sent. */
  accept(payload: string): Frame | Gap | null {
    const firstEnd = payload.indexOf('\n');
    const secondEnd = payload.indexOf('\n', firstEnd + 1);
    const [name, part, parts] = payload.slice(firstEnd + 1, secondEnd).split(' ');
    if (firstEnd < 0 || secondEnd < 0 || !name || !part || !parts) return null;
    const piece = payload.slice(secondEnd + 1);
    if (parts === '1') return readJson(piece);
    const key = `${payload.slice(0, firstEnd)}\n${name}`;
    const pieces = part === '1' ? [] : this.#partial.get(key);
    // A part whose beginning was never heard: the listener connected in the middle of the frame.
    if (!pieces || Number(part) !== pieces.length + 1) return null;
    pieces.push(piece);
    if (pieces.length < Number(parts)) {
      this.#partial.set(key, pieces);
      if (this.#partial.size > PARTIAL_MAX) this.#partial.delete(this.#partial.keys().next().value as string);
      return null;
    }
    this.#partial.delete(key);
    return readJson(pieces.join(''));
  }

  clear(): void {
    this.#partial.clear();
  }
}

function readJson(text: string): Frame | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Frame) : null;
  } catch {
    return null;
  }
}
