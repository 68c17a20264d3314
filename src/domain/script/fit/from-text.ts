/** What a text says, where another type than a text is wanted: people and environments give texts. */
import type { Json } from '../../../contracts/pattern/json';
import type { Type } from '../syntax/ast';

const DECIMAL = /^[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
const CHARACTERS_MAX = 400;

/** A text that does not clearly say a value of the type stays as it is, and is refused then as what it is. */
export function fromText(given: string, type: Type): Json {
  const text = given.trim();
  if (type.kind === 'list' || type.kind === 'object') return jsonOf(given);
  if (type.kind !== 'scalar') return type.kind === 'enum' ? text : given;
  switch (type.name) {
    case 'number':
    case 'integer':
      return text.length <= CHARACTERS_MAX && DECIMAL.test(text) && Number.isFinite(Number(text)) ? Number(text) : given;
    case 'boolean':
      return text.toLowerCase() === 'true' ? true : text.toLowerCase() === 'false' ? false : given;
    case 'date':
    case 'timestamp':
    case 'binary':
      return text;
    case 'text':
    case 'any':
      return given;
  }
}

function jsonOf(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}
