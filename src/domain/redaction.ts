/**
 * Secrets never reach the journal, projections, logs or frames: this is the one rule, applied where events are recorded and where
 * frames are sent. Three ways to know a secret:
 *
 * 1. **By key.** A key's words (camelCase, snake_case, kebab-case and dots are told apart) say that its value is one:
 *    - any of {@link SECRET_WORDS}, or `api key`, `private key`, `access key`, `signing key`, `encryption key` side by side or as one word;
 *    - `token` (or `jwt`, `pat`) as the *last* word: `accessToken`, `GITHUB_TOKEN`. So `tokens`, `maxTokens`, `tokenCount` are counts, not secrets;
 *    - not when the last word says that it only describes one ({@link DESCRIBING}): `secretName`, `passwordPolicy`.
 *    Everything below such a key is replaced, strings and numbers; true, false and null stay.
 * 2. **By value.** The values given to {@link redactor}, eight characters or longer (six where somebody said that they are secrets), wherever they appear, also as JSON or URL text, and also where a
 *    terminal program broke them over several lines (values of up to {@link BROKEN_MAX} characters).
 * 3. **By shape.** Well-known forms of keys, `Bearer …`, passwords in URLs, PEM private keys.
 *
 * Redacting twice changes nothing; structure (keys, lengths of arrays) stays; nothing is thrown. Keys themselves are never changed.
 */

export const REDACTED = '[redacted]';

/** How a redaction differs from the usual one. */
export interface RedactionRules {
  /** What stands in the place of a secret. */
  readonly mark: string;
  /** Further words that make a key a secret's when they are its last one, besides {@link SECRET_WORDS} and `token`, `jwt`, `pat`. */
  readonly lastWords: ReadonlySet<string>;
  /** Characters of the shortest value that is looked for; {@link SHORTEST_KNOWN} unless told. */
  readonly shortest?: number;
}
const USUAL: RedactionRules = { mark: REDACTED, lastWords: new Set() };

export const SECRET_WORDS: ReadonlySet<string> = new Set(
  'authorization cookie cookies password passwords passwd pwd passphrase secret secrets credential credentials apikey apikeys apitoken authtoken accesstoken refreshtoken idtoken sessiontoken privatekey accesskey secretkey signingkey bearer'.split(
    ' ',
  ),
);
const SECRET_PAIRS: ReadonlySet<string> = new Set('api key,api keys,private key,private keys,access key,signing key,encryption key'.split(','));
const SECRET_LAST: ReadonlySet<string> = new Set(['token', 'jwt', 'pat']);
const DESCRIBING: ReadonlySet<string> = new Set('name names policy ref refs type kind count length hint url uri path file id ids'.split(' '));

/** Shortest value that is looked for in texts; a shorter one would hide ordinary words. */
export const SHORTEST_KNOWN = 8;
/** The same of values that somebody said are secrets. */
export const SHORTEST_NAMED = 6;
/** Longest value that is looked for across line breaks. */
export const BROKEN_MAX = 512;
const LIMITS = { depth: 64, nodes: 200_000, knownValues: 1_000, passes: 16 } as const;

/** Each has bounded or non-overlapping repetition: matching takes time in proportion to the text. Group 1, where there is one, stays. */
const SHAPES: readonly RegExp[] = [
  /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----[\s\S]*?(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----|$)/g,
  /\b(Bearer +)[A-Za-z0-9._~+/=-]{8,}/gi,
  /\b((?:proxy-)?authorization"? *: *"?(?:basic|token|digest) +)[^\s",]{4,}/gi,
  /\b(?:sk|pk|rk|rt)[-_](?:[A-Za-z0-9]{1,20}[-_]){0,4}[A-Za-z0-9]{16,}[A-Za-z0-9_-]*/g,
  /\b(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,}|glpat-[A-Za-z0-9_-]{16,}|npm_[A-Za-z0-9]{30,}|hf_[A-Za-z0-9]{20,})/g,
  /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g,
  /\bAIza[A-Za-z0-9_-]{30,}/g,
  /\bxox[abeoprs]-[A-Za-z0-9-]{10,}/g,
  /\beyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}/g,
  /\b([a-z][a-z0-9+.-]{1,20}:\/\/[^\s:/?#@"'<>]{0,200}:)[^\s/?#@"'<>]{1,500}(?=@)/gi,
];

/** Whether the value under this key is a secret. */
export function isSecretKey(key: string, { lastWords }: Pick<RedactionRules, 'lastWords'> = USUAL): boolean {
  const words = key
    .slice(0, 256)
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '');
  const last = words.at(-1);
  if (last === undefined || DESCRIBING.has(last)) return false;
  if (SECRET_LAST.has(last) || lastWords.has(last)) return true;
  return words.some((word, at) => SECRET_WORDS.has(word) || SECRET_PAIRS.has(`${word} ${words[at + 1] ?? ''}`));
}

/** A function that gives back its argument without secrets: the same JSON shape, new where something was replaced. */
export function redactor(knownValues: readonly string[], changed: Partial<RedactionRules> = {}): <T>(value: T) => T {
  const rules = { ...USUAL, ...changed };
  const known = variants(knownValues, rules.shortest ?? SHORTEST_KNOWN);
  return <T>(value: T): T => walk(value, { known, rules, nodes: 0, above: new Set() }, 0, false) as T;
}

/** True for a text that holds a well-known form of a secret. */
export const looksSecret = (text: string): boolean => cleanText(text, { known: [], rules: USUAL }) !== text;

/** The texts in which a known value is looked for: as it is, as JSON and as part of a URL. */
export const spellings = (knownValues: readonly string[]): readonly string[] => variants(knownValues, SHORTEST_KNOWN).map(({ value }) => value);

/**
 * Of a thread's environment, the values that {@link redactor} should know: those under a secret's name, and every other value of
 * eight characters or more that is not plainly public (a path, a number, a plain URL, a single lower-case word, one of `publicValues`).
 */
export function secretsOf(environment: Readonly<Record<string, string>>, publicValues: readonly string[] = []): string[] {
  const open = new Set(publicValues);
  const plain = (value: string): boolean => open.has(value) || /^(?:[a-z]+|[\d.,:+-]+|~?\/[\w./@ -]*|https?:\/\/[\w.:/-]+)$/.test(value);
  return Object.entries(environment)
    .filter(([name, value]) => value.length >= SHORTEST_KNOWN && (isSecretKey(name) || (!name.startsWith('PARALLAX_') && !plain(value))))
    .map(([, value]) => value);
}

function variants(values: readonly string[], shortest: number): Known[] {
  const all = new Set<string>();
  for (const value of values.slice(0, LIMITS.knownValues)) {
    if (typeof value !== 'string' || value.length < shortest) continue;
    all.add(value);
    all.add(JSON.stringify(value).slice(1, -1));
    try {
      all.add(encodeURIComponent(value));
    } catch {
      // A lone surrogate has no URL form.
    }
  }
  return [...all].sort((a, b) => b.length - a.length).map((value) => ({ value, broken: value.length <= BROKEN_MAX ? broken(value) : null }));
}

interface Known {
  readonly value: string;
  /** Finds it over several lines. */
  readonly broken: RegExp | null;
}

/** The value with a line break, and what a frame around it may add, after any of its characters. */
const broken = (value: string): RegExp =>
  new RegExp(Array.from(value, (char) => char.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')).join('(?:[ \\t│┃|╎┆]{0,8}\\r?\\n[ \\t│┃|╎┆]{0,8})?'), 'g');

interface Sought {
  readonly known: readonly Known[];
  readonly rules: RedactionRules;
}
interface Walk extends Sought {
  readonly above: Set<object>;
  nodes: number;
}

function walk(value: unknown, state: Walk, depth: number, secret: boolean): unknown {
  if (typeof value === 'string') return secret ? state.rules.mark : cleanText(value, state);
  if (typeof value === 'number' || typeof value === 'bigint') return secret ? state.rules.mark : value;
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= LIMITS.depth || ++state.nodes > LIMITS.nodes || state.above.has(value)) return state.rules.mark;
  state.above.add(value);
  try {
    if (Array.isArray(value)) return value.map((item) => walk(item, state, depth + 1, secret));
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype !== null && Object.getPrototypeOf(prototype) !== null) return value;
    // fromEntries makes own properties, also of `__proto__`.
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, walk(item, state, depth + 1, secret || isSecretKey(key, state.rules))]));
  } catch {
    return state.rules.mark;
  } finally {
    state.above.delete(value);
  }
}

/**
 * Only the pieces between replacements are looked at, and until nothing more is found: so a second redaction finds nothing that
 * the first one's own words brought about.
 */
function cleanText(text: string, { known, rules: { mark } }: Sought): string {
  let pieces = text.split(mark);
  for (let pass = 0; pass < LIMITS.passes; pass++) {
    const next = pieces.flatMap((piece) => cleanPiece(piece, known, mark));
    if (next.length === pieces.length) break;
    pieces = next;
  }
  return pieces.join(mark);
}

function cleanPiece(piece: string, known: readonly Known[], mark: string): string[] {
  let pieces = [piece];
  const hasLines = piece.includes('\n');
  for (const { value, broken } of known) {
    pieces = pieces.flatMap((it) => it.split(value));
    if (hasLines && broken) pieces = pieces.flatMap((it) => it.split(broken));
  }
  for (const shape of SHAPES)
    pieces = pieces.flatMap((it) => it.replace(shape, (_match, kept?: unknown) => `${typeof kept === 'string' ? kept : ''}${mark}`).split(mark));
  return pieces;
}
