/** What models answer where JSON was asked for: bare, or in a block of code, or with words around it. */
import type { Json } from '../../contracts/pattern/json';
import { isObject, type JsonObject } from './evaluate/values';

/** Beginnings that are tried. */
const TRIES = 20;

/** The first JSON object in the text, or null. */
export function objectIn(text: string): JsonObject | null {
  const end = text.lastIndexOf('}');
  for (let at = text.indexOf('{'), tries = 0; at >= 0 && at < end && tries < TRIES; at = text.indexOf('{', at + 1), tries++) {
    const found = objectOf(text.slice(at, end + 1));
    if (found) return found;
  }
  return null;
}

function objectOf(text: string): JsonObject | null {
  try {
    const value = JSON.parse(text) as Json;
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}
