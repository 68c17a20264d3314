/** Names of keys to the bytes that a terminal sends for them (xterm's). Pure: the API checks names by it, the host types by it. */

const ESC = '\u001b';

const NAMED: Readonly<Record<string, string>> = {
  ENTER: '\r',
  RETURN: '\r',
  TAB: '\t',
  ESC,
  ESCAPE: ESC,
  SPACE: ' ',
  BACKSPACE: '\u007f',
};

/** Keys whose bytes carry modifiers as a number: `CSI 1 ; m X`. */
const LETTERED: Readonly<Record<string, string>> = { UP: 'A', DOWN: 'B', RIGHT: 'C', LEFT: 'D', HOME: 'H', END: 'F', F1: 'P', F2: 'Q', F3: 'R', F4: 'S' };
/** The same for `CSI n ; m ~`. */
const NUMBERED: Readonly<Record<string, number>> = {
  INSERT: 2,
  DELETE: 3,
  PAGEUP: 5,
  PAGEDOWN: 6,
  F5: 15,
  F6: 17,
  F7: 18,
  F8: 19,
  F9: 20,
  F10: 21,
  F11: 23,
  F12: 24,
};

const ALIASES: Readonly<Record<string, string>> = { DEL: 'DELETE', INS: 'INSERT', PGUP: 'PAGEUP', PGDN: 'PAGEDOWN', PAGE_UP: 'PAGEUP', PAGE_DOWN: 'PAGEDOWN' };

type Modifier = 'CTRL' | 'ALT' | 'SHIFT';
const MODIFIERS: Readonly<Record<string, Modifier>> = {
  CTRL: 'CTRL',
  CONTROL: 'CTRL',
  CMD: 'CTRL',
  COMMAND: 'CTRL',
  ALT: 'ALT',
  OPTION: 'ALT',
  META: 'ALT',
  SHIFT: 'SHIFT',
};

/** Control with something that is not a letter. */
const CONTROLLED: Readonly<Record<string, string>> = {
  SPACE: '\0',
  '@': '\0',
  '[': ESC,
  '\\': '\u001c',
  ']': '\u001d',
  '^': '\u001e',
  _: '\u001f',
  '/': '\u001f',
  '?': '\u007f',
  BACKSPACE: '\b',
};

const own = <T>(table: Readonly<Record<string, T>>, name: string): T | undefined => (Object.hasOwn(table, name) ? table[name] : undefined);

/** xterm's number for a set of modifiers. */
const modifierNumber = (held: ReadonlySet<Modifier>): number => 1 + (held.has('SHIFT') ? 1 : 0) + (held.has('ALT') ? 2 : 0) + (held.has('CTRL') ? 4 : 0);

function functionKey(key: string, held: ReadonlySet<Modifier>): string | null {
  const letter = own(LETTERED, key);
  const number = own(NUMBERED, key);
  const modifiers = modifierNumber(held);
  if (letter !== undefined) return modifiers > 1 ? `${ESC}[1;${modifiers}${letter}` : /^F\d/.test(key) ? `${ESC}O${letter}` : `${ESC}[${letter}`;
  if (number !== undefined) return modifiers > 1 ? `${ESC}[${number};${modifiers}~` : `${ESC}[${number}~`;
  return null;
}

const isPrintable = (text: string): boolean => [...text].length === 1 && !/[\p{Cc}\p{Cs}\p{Co}\p{Cn}]/u.test(text);

/** What the key sends without Alt, or null. `given` keeps the case that the name had. */
function plainKey(key: string, given: string, held: ReadonlySet<Modifier>): string | null {
  const ctrl = held.has('CTRL');
  const shift = held.has('SHIFT');
  if (shift && !ctrl && key === 'TAB') return `${ESC}[Z`;
  if (ctrl) {
    if (shift) return null;
    if (/^[A-Z]$/.test(key)) return String.fromCharCode(key.charCodeAt(0) - 64);
    return own(CONTROLLED, key) ?? null;
  }
  const named = own(NAMED, key);
  if (named !== undefined) return shift && key !== 'ENTER' && key !== 'SPACE' ? null : named;
  if (!isPrintable(given)) return null;
  if (shift) return /^[A-Z]$/.test(key) ? key : null;
  return given;
}

/**
 * The bytes of a key by its name, or null when there is no such key. Names are `ENTER`, `UP`, `F5`, `CTRL+C`, `ALT+x`, `SHIFT+TAB`, `CTRL+SHIFT+LEFT`, or a single
 * printable character; upper and lower case are the same except for a single character. Aliases: CONTROL and CMD are CTRL, OPTION is ALT.
 */
export function keyBytes(name: string): string | null {
  if (name.length === 0 || name.length > 32) return null;
  const held = new Set<Modifier>();
  let rest = name;
  for (let plus = rest.indexOf('+'); plus > 0 && rest.length > plus + 1; plus = rest.indexOf('+')) {
    const modifier = own(MODIFIERS, rest.slice(0, plus).toUpperCase());
    if (!modifier || held.has(modifier)) return null;
    held.add(modifier);
    rest = rest.slice(plus + 1);
  }
  const upper = rest.toUpperCase();
  const key = own(ALIASES, upper) ?? upper;
  const special = functionKey(key, held);
  if (special !== null) return special;
  const bytes = plainKey(key, rest, held);
  return bytes !== null && held.has('ALT') ? ESC + bytes : bytes;
}
