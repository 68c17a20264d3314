/** Numbered menus on a rendered screen: the way that most coding agents ask. Pure. */
import type { Screen, SeenAsk } from './adapter';

export interface Menu {
  /** What stands above the options. */
  readonly heading: readonly string[];
  readonly options: readonly { readonly option: number; readonly label: string }[];
  /** The row of the first option. */
  readonly row: number;
  /** What stands below the options: the keys' hint, without its outer spaces. */
  readonly hint: string;
}

/** A frame that some CLIs draw around their prompts. */
const FRAME = /^[\s│┃║|╭╮╰╯─━]*|[\s│┃║|╭╮╰╯─━]*$/g;
const OPTION = /^[›❯>●○◉▶→\s]*(\d{1,2})[.)]\s+(\S.*)$/;

/** The screen's rows without frames. */
export const unframed = ({ lines }: Pick<Screen, 'lines'>): string[] => lines.map((line) => line.replace(FRAME, '').trimEnd());

export interface MenuLook {
  /** How the row of the selected option begins. */
  readonly selected: RegExp;
  /** Rows of hints that may stand below. Default 3. */
  readonly hintRows?: number;
  /** The row above the heading (a frame's), where the CLI draws one. */
  readonly top?: RegExp;
}

/**
 * The menu that ends the screen, or null. Options must be numbered 1, 2, 3 … without a gap (an option may go on in the rows below it), one of
 * them must be marked as selected, and below them only a hint of at most `hintRows` rows may stand: a list in an agent's words has its composer below.
 */
export function bottomMenu(screen: Pick<Screen, 'lines'>, { selected, hintRows = 3, top }: MenuLook): Menu | null {
  const rows = unframed(screen);
  let end = rows.length - 1;
  while (end >= 0 && rows[end] === '') end--;
  const numbered = rows.flatMap((row, at) => {
    const found = OPTION.exec(row);
    return found ? [{ at, option: Number(found[1]), label: found[2]!.trim() }] : [];
  });
  const start = numbered.map(({ option }) => option).lastIndexOf(1);
  if (start < 0) return null;
  const options = numbered.slice(start).filter(({ option }, index) => option === index + 1);
  const first = options[0]!;
  const last = options.at(-1)!;
  if (!options.some(({ at }) => selected.test(rows[at] ?? ''))) return null;
  const below = rows.slice(last.at + 1, end + 1);
  // What follows an option at once, before an empty row, explains it.
  const gap = below.indexOf('');
  const hint = (gap < 0 ? below : below.slice(gap)).filter((row) => row !== '');
  if (hint.length > hintRows || (gap > 4 && hint.length === 0)) return null;
  return {
    heading: headingAbove(rows, first.at, top ? screen.lines.findLastIndex((line, at) => at < first.at && top.test(line)) : -1),
    options: options.map(({ option, label }) => ({ option, label })),
    row: first.at,
    hint: hint.join(' '),
  };
}

/** The rows above a menu, up to two empty rows in succession or the row `top`. */
function headingAbove(rows: readonly string[], row: number, top: number): string[] {
  let at = row - 1;
  while (at >= 0 && rows[at] === '') at--;
  const end = at;
  while (at > top && !(top < 0 && rows[at] === '' && (at === 0 || rows[at - 1] === ''))) at--;
  return rows.slice(at + 1, end + 1).map((line) => line.trim());
}

/** The first option whose label matches, as `{approveOption}` or `{denyOption}`. */
export const optionLike = (menu: Menu, pattern: RegExp, but?: RegExp): number | undefined =>
  menu.options.find(({ label }) => pattern.test(label) && !but?.test(label))?.option;

/** An ask's text: heading and hint are enough to understand the options, which are listed apart. */
export const menuText = (menu: Menu): string => menu.heading.join('\n').trim();

/** An ask from a menu, without keys that are undefined. */
export function askOf(
  menu: Menu,
  kind: SeenAsk['kind'],
  more: { approve?: number | undefined; deny?: number | undefined; action?: SeenAsk['action'] } = {},
): SeenAsk {
  return {
    kind,
    text: menuText(menu),
    options: [...menu.options],
    ...(more.approve !== undefined && { approveOption: more.approve }),
    ...(more.deny !== undefined && { denyOption: more.deny }),
    ...(more.action !== undefined && { action: more.action }),
  };
}
