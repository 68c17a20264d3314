/**
 * What a thread says about its work, made from what its agent said: the same output always gives the same summary, and no model is
 * asked. An agent's own message is taken as it is when it is short enough; of anything longer, and of screens, the last lines count.
 */
import type { Completion } from '../../contracts/managed-thread/events';

export const SUMMARY_MAX = 1_000;
const LAST_LINES = 5;
const ARTIFACTS_MAX = 20;
const TURN_IN_THREAD_SUMMARY = 200;
/** Characters from the end that are looked at. */
const LOOKED_AT = 64 * 1024;

type Artifact = NonNullable<Completion['artifacts']>[number];

// eslint-disable-next-line no-control-regex -- escape sequences are what is removed here
const ESCAPES = /\u001b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[@-Z\\-_])|[\u0000-\u0008\u000b-\u001f\u007f]/g;

/** Lines that hold a letter or a digit (borders and rules do not), without escape sequences, frames and trailing space. */
function tellingLines(output: string): string[] {
  return output
    .slice(-LOOKED_AT)
    .replace(/\r\n/g, '\n')
    .replace(ESCAPES, '')
    .split('\n')
    .map((line) => line.replace(/^[│┃|╎┆]\s?/, '').replace(/\s*[│┃|╎┆]?\s*$/, ''))
    .filter((line) => /[\p{L}\p{N}]/u.test(line));
}

/** One turn in at most {@link SUMMARY_MAX} characters; empty when nothing was said. */
export function turnSummary(output: string): string {
  const lines = tellingLines(output);
  const whole = lines.join('\n').trim();
  if (whole.length <= SUMMARY_MAX) return whole;
  return lastWithin(lines.slice(-LAST_LINES), SUMMARY_MAX);
}

/** The last turns of a thread, oldest first, the newest in full as far as it fits; at most {@link SUMMARY_MAX} characters. */
export function threadSummary(turnSummaries: readonly string[]): string {
  const said = turnSummaries.map((it) => it.trim()).filter((it) => it !== '');
  const newest = said.at(-1);
  if (newest === undefined) return '';
  const earlier = said.slice(0, -1).map((it) => `- ${clipped((it.split('\n').at(-1) ?? '').trim(), TURN_IN_THREAD_SUMMARY)}`);
  const tail = newest.length <= SUMMARY_MAX ? newest : lastWithin(newest.split('\n'), SUMMARY_MAX);
  const room = SUMMARY_MAX - tail.length - 1;
  const kept: string[] = [];
  let used = 0;
  for (const line of earlier.reverse()) {
    if (used + line.length + 1 > room) break;
    kept.unshift(line);
    used += line.length + 1;
  }
  return [...kept, tail].join('\n');
}

/** What an event says about the work: `complete` when the CLI ended well, `partial` after a turn, `failed` otherwise. */
export function completionOf(state: Completion['state'], output: string): Completion {
  const artifacts = artifactsIn(output);
  const summary = turnSummary(output);
  return artifacts.length === 0 ? { state, summary } : { state, summary, artifacts };
}

/**
 * What the text says was made, each once, in order, at most 20: pull requests (by URL), commits (a hash only where the line speaks of a
 * commit or is `git commit`'s own), report files.
 */
export function artifactsIn(output: string): Artifact[] {
  const found = new Map<string, Artifact>();
  const add = (type: Artifact['type'], value: string): void => {
    if (found.size < ARTIFACTS_MAX && value.length <= 500 && !found.has(`${type} ${value}`)) found.set(`${type} ${value}`, { type, value });
  };
  for (const line of tellingLines(output)) {
    for (const [url] of line.matchAll(/https?:\/\/[\w.-]+(?::\d+)?\/[\w./~-]+\/(?:pull|pulls|pull-requests|merge_requests)\/\d+/g)) add('pr', url);
    for (const hash of commitHashes(line)) add('commit', hash);
    for (const [, path] of line.matchAll(
      /(?<![\w./:-])((?:[\w.-]{1,100}\/){0,20}[\w.-]{0,100}report[\w.-]{0,100}\.(?:md|html|json|txt|pdf|xml|csv))(?![\w/])/gi,
    ))
      add('report', path!);
  }
  return [...found.values()];
}

function commitHashes(line: string): string[] {
  const own = /^\s*\[[^\]]{1,200} ([0-9a-f]{7,40})\]/.exec(line);
  if (own) return [own[1]!];
  return [...line.matchAll(/\bcommit(?:ted)?\b(?: (?:hash|id|sha|as|is|in|with))?[\s:=`'"(#]{1,4}([0-9a-f]{7,40})\b/gi)]
    .map((match) => match[1]!.toLowerCase())
    .filter((hash) => /\d/.test(hash));
}

const clipped = (text: string, max: number): string => (text.length <= max ? text : `${text.slice(0, max - 1).trimEnd()}…`);

/** The last lines that fit; of a last line that is too long alone, its end. */
function lastWithin(lines: readonly string[], max: number): string {
  const kept: string[] = [];
  let used = 0;
  for (const line of [...lines].reverse()) {
    if (used + line.length + 1 > max) break;
    kept.unshift(line);
    used += line.length + 1;
  }
  if (kept.length > 0) return kept.join('\n').trim();
  return `…${(lines.at(-1) ?? '').slice(-(max - 1))}`;
}
