/** Chance that is the same at every replay: it comes from a text, such as the id of an execution. */

/** FNV-1a over UTF-16 code units with a finishing mix, 32 bits: no protection from anybody, only an even spread. */
export function seedOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** One of them. Undefined for none. */
export const draw = <T>(from: readonly T[], seed: string): T | undefined => from[seedOf(seed) % Math.max(1, from.length)];
