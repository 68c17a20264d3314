/** A question to a person: the thread waits for the answer, for as long as the question says. */
import type { Json } from '../../src/contracts/pattern/json';
import { TEXT_MAX } from '../../src/contracts/script/events';
import type { ScriptPause } from '../../src/contracts/script/start';
import { judgeAnswer, USED_UP, type GivenAnswer } from '../../src/domain/script/thread/answer';
import { durationIn } from '../../src/domain/script/thread/durations';
import { stepFault } from '../../src/domain/script/thread/failure';
import { labelOf } from '../../src/domain/script/thread/outline';
import { jsonBytes } from '../../src/contracts/execution/value';
import type { Performed, Performing, StepOf } from './performing';
import { hasRoom, roomFor } from './room';
import { countOf, plainOf } from './values';

type Asking = Performing<StepOf<'ask'>>;
type AskPause = Extract<ScriptPause, { readonly kind: 'ask' }>;

/** Wrong answers that are forgiven unless the question says otherwise, and at most. */
const RETRIES = 3;
const RETRIES_MAX = 100;
/** Of a question with its options: it is shown wherever the thread is. */
const PAUSE_BYTES_MAX = 16 * 1024;

export async function performAsk(at: Asking): Promise<Performed> {
  const { shell, path } = at;
  if (!shell.state.settled[path] && !shell.state.pauses.some((pause) => pause.path === path)) await ask(at);
  const settled = () => shell.state.settled[path];
  const deadline = shell.state.pauses.find((pause) => pause.path === path);
  const expiresAt = deadline?.kind === 'ask' && deadline.expiresAt !== null ? Date.parse(deadline.expiresAt) : null;
  if (!settled()) {
    const ms = expiresAt === null ? undefined : Math.max(1, expiresAt - Date.now());
    await shell.actor.until(() => settled() !== undefined, ms, `${path} answer to "${labelOf(at.step) ?? 'ask'}"`.slice(0, 150));
  }
  await shell.mayGoOn();
  if (!settled()) expire(at);
  const given = settled();
  if (given?.kind === 'used_up') throw stepFault({ code: USED_UP, message: given.message }, { fatal: true });
  if (given?.kind !== 'given') throw stepFault({ code: 'ask.expired', message: 'Nobody answered in time.' }, { fatal: true });
  const { value, comment } = (given.override as { readonly value: GivenAnswer }).value;
  return { value: await shell.stored({ value, comment, provided_by: given.by, provided_at: given.at, attempt: given.attempt }) };
}

/** Its time is over: the default is the answer, where there is one. */
function expire({ shell, path }: Asking): void {
  const pause = shell.state.pauses.find((one) => one.path === path);
  if (pause?.kind !== 'ask' || pause.default === null || !('value' in pause.default)) return;
  const override = { value: { value: pause.default.value, comment: null } };
  shell.record({ type: 'thread_resumed', data: { path, label: pause.label, by: 'everthread', override } });
}

async function ask(at: Asking): Promise<void> {
  const { shell, path } = at;
  const pause = await questioned(at);
  await shell.mayGoOn();
  while (!hasRoom(shell)) await roomFor(shell);
  shell.record({ type: 'thread_paused', data: { path, label: pause.label, kind: 'ask', pause: { ...pause } } });
}

/** A default that does not fit is found now, not when somebody relies on it. */
async function questioned(at: Asking): Promise<AskPause> {
  const { step, path, shell } = at;
  const { prompt, options, default: otherwise, timeout, max_retries: retries } = step.args;
  const label = labelOf(step)?.slice(0, TEXT_MAX) ?? null;
  const says = prompt === undefined ? (label ?? 'Please answer.') : textOf(await plainOf(at, 'prompt', prompt));
  const known = options === undefined ? null : listOf(await plainOf(at, 'options', options));
  const value = otherwise === undefined ? undefined : await plainOf(at, 'default', otherwise);
  const ms = timeout === undefined ? null : durationOf(await plainOf(at, 'timeout', timeout));
  const now = Date.now();
  const pause: AskPause = {
    ...{ path, label, since: new Date(now).toISOString(), kind: 'ask', prompt: says.slice(0, TEXT_MAX), type: step.type ?? 'any' },
    ...{ options: known, default: null, attempt: 1, refused: null, expiresAt: ms === null ? null : new Date(now + ms).toISOString() },
    retriesLeft: await countOf(at, 'max_retries', retries, { min: 0, max: RETRIES_MAX, otherwise: RETRIES }),
  };
  const bytes = jsonBytes([pause, value ?? null]);
  if (bytes > PAUSE_BYTES_MAX)
    throw stepFault({ code: 'step.argument', message: `prompt, options and default: expected at most ${PAUSE_BYTES_MAX} bytes of JSON, found ${bytes}.` });
  if (value === undefined) return pause;
  const judged = judgeAnswer({ value }, pause, shell.ir.enums);
  if ('message' in judged) throw stepFault({ code: 'step.argument', message: `default: ${judged.message}` });
  return { ...pause, default: { value: judged.answer.value } };
}

const textOf = (value: Json): string => (typeof value === 'string' ? value : JSON.stringify(value));

function listOf(value: Json): readonly Json[] {
  if (Array.isArray(value) && value.length > 0) return value as readonly Json[];
  throw stepFault({ code: 'step.argument', message: 'options: expected a list with at least one item.' });
}

function durationOf(value: Json): number {
  const ms = durationIn(value);
  if (ms !== null && ms > 0) return ms;
  throw stepFault({ code: 'step.argument', message: `timeout: expected a duration such as "24h", found ${JSON.stringify(value).slice(0, 100)}.` });
}
