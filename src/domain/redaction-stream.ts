/**
 * Redaction of texts that come in pieces: a secret that is cut in two is found all the same. What could be the beginning of one is held back until it is clear; everything before it
 * goes out at once. Values that a terminal broke over lines are not looked for here.
 */
import { isSecretKey, spellings, type RedactionRules } from './redaction';

/** Characters that are held back of one word, and of a key in PEM. */
const WORD_MAX = 4_096;
const PEM_MAX = 16 * 1024;
const BEFORE_MAX = 256;
const PASSES = 16;

/** No shape of a secret but those below goes over one of these. */
const WORD = /[^\s"]*$/;
/** A key in PEM, also one that has not ended. */
const PEM = /-----BEGIN [A-Z0-9 ]{0,60}(?:-{0,5}$|PRIVATE KEY(?: BLOCK)?-----[\s\S]*?(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----|$))/g;
const CLOSED = /-----END [^\n]{0,80}-----$/;
/** What makes the next word a secret; also within a word, because what stands before it may be a known value that goes. */
const BEFORE = /(?:authorization"? *(?:: *"?(?:(?:basic|token|digest) +)?)?|Bearer +)$/i;

export interface RedactionStream {
  /** What may go out now. */
  push(piece: string): string;
  /** The rest. */
  end(): string;
}

/** `redact` is the redaction of whole texts with the same known values. */
export function redactionStream(redact: (text: string) => string, knownValues: readonly string[]): RedactionStream {
  const known = spellings(knownValues);
  let held = '';
  const settle = (upTo: number): string => {
    const out = redact(held.slice(0, upTo));
    held = held.slice(upTo);
    return out;
  };
  return {
    push(piece) {
      held += piece;
      return settle(certain(held, known));
    },
    end: () => settle(held.length),
  };
}

/** How much of the text cannot be part of a secret that goes on. Each rule may move the cut into the reach of another one. */
function certain(text: string, known: readonly string[]): number {
  let at = text.length;
  for (let pass = 0; pass < PASSES; pass++) {
    const next = earlier(text, known, at);
    if (next === at) break;
    at = next;
  }
  return at;
}

function earlier(text: string, known: readonly string[], from: number): number {
  let at = from - (WORD.exec(text.slice(Math.max(0, from - WORD_MAX), from))?.[0].length ?? 0);
  at -= BEFORE.exec(text.slice(Math.max(0, at - BEFORE_MAX), at))?.[0].length ?? 0;
  for (const value of known) at = Math.min(at, text.length - begun(text, value));
  for (const { index, 0: key } of text.matchAll(PEM))
    if (text.length - index <= PEM_MAX) at = outside(at, index, CLOSED.test(key) ? index + key.length : Infinity);
  for (const value of known)
    for (let found = text.indexOf(value); found >= 0 && found < at; found = text.indexOf(value, found + 1)) at = outside(at, found, found + value.length);
  return at;
}

/** A cut through what begins and ends here is made before it. */
const outside = (at: number, begin: number, end: number): number => (at > begin && at < end ? begin : at);

/** How many characters at the end of the text are the beginning of the value, which does not end there. */
function begun(text: string, value: string): number {
  for (let length = Math.min(value.length - 1, text.length); length > 0; length--) if (text.endsWith(value.slice(0, length))) return length;
  return 0;
}

type Container = { readonly list: boolean; readonly secret: boolean; key: boolean };
const KEY_MAX = 256;

/**
 * JSON that comes in pieces, with the values under secret keys replaced: texts and numbers; true, false and null stay. What is not JSON comes out in some form, never with more than
 * went in. Run the result through {@link redactionStream} for secrets that no key tells.
 */
export class JsonRedactionStream {
  readonly #open: Container[] = [];
  #key = '';
  /** The last key of the innermost object names a secret. */
  #secret = false;
  #text: 'none' | 'key' | 'value' | 'hidden' = 'none';
  #escaped = false;
  #number = false;

  constructor(private readonly rules: RedactionRules) {}

  push(piece: string): string {
    let out = '';
    for (const char of piece) out += this.#text === 'none' ? this.#between(char) : this.#inText(char);
    return out;
  }

  #inText(char: string): string {
    const hidden = this.#text === 'hidden';
    if (this.#escaped) this.#escaped = false;
    else if (char === '\\') this.#escaped = true;
    else if (char === '"') {
      if (this.#text === 'key') this.#secret = this.#below() || isSecretKey(decoded(this.#key), this.rules);
      this.#text = 'none';
      return hidden ? '' : char;
    }
    if (this.#text === 'key' && this.#key.length < KEY_MAX) this.#key += char;
    return hidden ? '' : char;
  }

  #between(char: string): string {
    const inner = this.#open.at(-1);
    if (this.#number && /[\d.eE+-]/.test(char)) return '';
    this.#number = false;
    if (char === '"') return this.#begin(inner);
    if (char === '{' || char === '[') {
      this.#open.push({ list: char === '[', secret: this.#secret || this.#below(), key: char === '{' });
      this.#secret = false;
    } else if (char === '}' || char === ']') {
      this.#open.pop();
      this.#secret = false;
    } else if (char === ',' && inner) {
      inner.key = !inner.list;
      this.#secret = false;
    } else if (char === ':' && inner) inner.key = false;
    else if (/[\d-]/.test(char) && (this.#secret || this.#below())) {
      this.#number = true;
      return JSON.stringify(this.rules.mark);
    }
    return char;
  }

  #begin(inner: Container | undefined): string {
    if (inner?.key) {
      this.#key = '';
      this.#text = 'key';
      return '"';
    }
    if (!this.#secret && !this.#below()) {
      this.#text = 'value';
      return '"';
    }
    this.#text = 'hidden';
    return JSON.stringify(this.rules.mark);
  }

  #below(): boolean {
    return this.#open.at(-1)?.secret ?? false;
  }
}

function decoded(key: string): string {
  try {
    return JSON.parse(`"${key}"`) as string;
  } catch {
    return key;
  }
}
