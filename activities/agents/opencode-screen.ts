/** What OpenCode's screen shows: its composer, its status line, its prompts. Pure; checked by the golden screens in test/unit/screens/opencode. */
import type { Screen, SeenAsk } from './adapter';

const OUTPUT_MAX = 8_000;

export interface OpenCodeScreen {
  readonly composer: boolean;
  readonly working: boolean;
  readonly ask: SeenAsk | null;
}

/** The lower edge of the composer's box. */
const EDGE = /^ *╹▀{10}/;

export function readOpenCodeScreen({ lines }: Screen): OpenCodeScreen {
  const ask = promptIn(lines);
  const edge = ask ? -1 : lines.findLastIndex((line) => EDGE.test(line));
  const below = edge < 0 ? [] : lines.slice(edge + 1);
  return { ask, composer: edge >= 0, working: below.some((line) => /\besc (?:again to )?interrupt\b/.test(line)) };
}

/**
 * A prompt takes the composer's place at the foot of the screen: a `△` title, what it is about, and a row of choices that ends in its keys.
 * (The transcript above is indented by the same bar, but has the composer below it.)
 */
function promptIn(lines: readonly string[]): SeenAsk | null {
  const foot = lines.findLastIndex((line) => line.replace(/[\s┃]/g, '') !== '');
  const keys = lines[foot] ?? '';
  const title = lines.findLastIndex((line, at) => at < foot && /^ *┃ +△ \S/.test(line));
  if (title < 0 || !/\benter confirm\b/.test(keys) || lines.slice(title).some((line) => EDGE.test(line))) return null;
  const text = lines
    .slice(title, foot)
    .map((line) => line.replace(/^ *┃ ?|\s*[█▀▄]$/g, '').trim())
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
  const options = keys
    .replace(/^ *┃ */, '')
    .split(/ {3,}/)
    .filter((label) => label !== '' && !/\b(?:ctrl\+|select|enter |esc )/.test(label))
    .map((label, index) => ({ option: index + 1, label: label.trim() }));
  const find = (pattern: RegExp): number | undefined => options.find(({ label }) => pattern.test(label))?.option;
  const [approve, deny] = [find(/^(?:Allow once|Confirm)$/), find(/^(?:Reject|Cancel)$/)];
  return {
    kind: kindOf(text),
    text,
    options,
    ...(approve !== undefined && { approveOption: approve }),
    ...(deny !== undefined && { denyOption: deny }),
  };
}

function kindOf(text: string): SeenAsk['kind'] {
  if (text.startsWith('△ Permission required')) return 'permission';
  // Allowing for good is a person's own wish, never answered for them.
  if (text.startsWith('△ Always allow')) return 'config';
  return text.startsWith('△ Reject permission') ? 'question' : 'unknown';
}

/** What stands below the person's last words, for turns in which the model said nothing (refused, interrupted). */
export function openCodeOutput({ lines }: Screen): string {
  const edge = lines.findLastIndex((line) => EDGE.test(line));
  const box = edge < 0 ? lines.length : lines.slice(0, edge).findLastIndex((line) => !/^ *┃/.test(line)) + 1;
  const transcript = lines.slice(0, box).map((line) => line.trimEnd());
  return transcript
    .slice(lastMessageEnd(transcript))
    .map((line) => line.replace(/^ {2}[┃ ] {2}/, ''))
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim()
    .slice(-OUTPUT_MAX);
}

/** The row below the last block of the person's words: a barred block; barred blocks that begin with `$` are commands' output. */
function lastMessageEnd(lines: readonly string[]): number {
  let end = 0;
  for (let at = 0; at < lines.length; at++) {
    if (!/^ *┃/.test(lines[at] ?? '')) continue;
    const start = at;
    while (at < lines.length && /^ *┃/.test(lines[at] ?? '')) at++;
    const first = lines.slice(start, at).find((line) => line.replace(/[\s┃]/g, '') !== '');
    if (first && !/^ *┃ +\$ /.test(first)) end = at;
  }
  return end;
}
