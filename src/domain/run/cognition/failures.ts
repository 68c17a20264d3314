/** What a failed call of a model means: a class, whether the same may be tried again and when, and one sentence for people (digest §3.4). */
import { Fault, type Kind } from '../../../errors/fault';

/** A longer wait than this is not waited: the call fails at once. */
export const HINT_MAX_MS = 60_000;
/** Tries of one call after the first, and the waits before them where the provider names none. */
export const RETRY_DELAYS_MS = [1_000, 2_000, 4_000] as const;

const CLASSES = {
  'cognition.key_rejected': { kind: 'forbidden', retry: false, sentence: "The model provider refused the server's key. The operator has to correct it." },
  'cognition.model_unknown': { kind: 'not_found', retry: false, sentence: 'The model provider does not have this model. Choose another one.' },
  'cognition.rate_limited': { kind: 'exhausted', retry: true, sentence: 'The model provider takes no more requests for now: a limit is used up.' },
  'cognition.timeout': { kind: 'deadline', retry: true, sentence: 'The model provider did not answer in time.' },
  'cognition.unreachable': {
    kind: 'unavailable',
    retry: true,
    sentence: 'The model provider cannot be reached. Look at the network and, for a model of your own, whether it runs.',
  },
  'cognition.provider_error': { kind: 'unavailable', retry: true, sentence: 'The model provider failed by itself.' },
  'cognition.tool_use_failed': { kind: 'unavailable', retry: true, sentence: 'The model wrote a call of a tool that its provider could not read.' },
  'cognition.answer_unreadable': { kind: 'unavailable', retry: true, sentence: 'The model provider sent an answer that cannot be read.' },
  'cognition.request_refused': { kind: 'invalid', retry: false, sentence: 'The model provider refused the request.' },
} as const satisfies Record<string, { readonly kind: Kind; readonly retry: boolean; readonly sentence: string }>;
type FailureCode = keyof typeof CLASSES;

/** What is known of a failed call. */
export interface CallProblem {
  /** Status of the answer; null: there was none, or it broke off. */
  readonly status: number | null;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Of the answer, or of the error where there was none. */
  readonly text: string;
  /** It was ours to end it: the time was up. */
  readonly timedOut: boolean;
  /** An answer came, and was none. */
  readonly unreadable: boolean;
}

const TEXT_MAX = 500;

function codeOf({ status, text, timedOut, unreadable }: CallProblem): FailureCode {
  if (timedOut || status === 408 || status === 504) return 'cognition.timeout';
  if (status === 401 || status === 403) return 'cognition.key_rejected';
  if (status === 404) return 'cognition.model_unknown';
  if (status === 429) return 'cognition.rate_limited';
  if (status !== null && status >= 500) return 'cognition.provider_error';
  if (/tool_use_failed|failed to call a function/i.test(text)) return 'cognition.tool_use_failed';
  if (status !== null && status >= 400) return 'cognition.request_refused';
  // Errors inside of a stream have no status of their own.
  if (/overloaded|internal server error|api_error/i.test(text)) return 'cognition.provider_error';
  if (/rate.?limit|too many requests/i.test(text)) return 'cognition.rate_limited';
  if (/\btime(?:d)?.?out\b|ETIMEDOUT/i.test(text)) return 'cognition.timeout';
  return unreadable ? 'cognition.answer_unreadable' : 'cognition.unreachable';
}

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
/** Digits before and after the point are bounded, so that matching takes time in proportion to the text. */
const SPAN = /(?:try again|retry|resets?|wait)(?: again)? (?:in|after) ((?:\d{1,9}(?:\.\d{1,9})? ?(?:ms|h|m|s|d)(?:[a-z]{0,8}) ?){1,4})/i;

/**
 * When the provider says that a further try makes sense, in milliseconds from now: `retry-after-ms`, `retry-after` (seconds or a date), or words such as "try again in 1h16m43.392s".
 * Null: it does not say. `now`: milliseconds since 1970.
 */
export function hintOf(headers: CallProblem['headers'], text: string, now: number): number | null {
  const millis = headers['retry-after-ms'];
  if (millis !== undefined && /^\d{1,12}(\.\d{1,6})?$/.test(millis)) return Math.ceil(Number(millis));
  const after = headers['retry-after']?.trim();
  if (after !== undefined && /^\d{1,9}(\.\d{1,6})?$/.test(after)) return Math.ceil(Number(after) * 1_000);
  if (after !== undefined && !Number.isNaN(Date.parse(after))) return Math.max(0, Date.parse(after) - now);
  const spoken = SPAN.exec(text.slice(0, 10_000))?.[1];
  if (spoken === undefined) return null;
  const parts = [...spoken.matchAll(/(\d+(?:\.\d+)?) ?(ms|[hmsd])/gi)];
  return Math.ceil(parts.reduce((sum, [, count, unit = '']) => sum + Number(count) * (UNITS[unit.toLowerCase()] ?? 0), 0));
}

/** `about 1 h 16 min`, for people. */
export function spokenDuration(ms: number): string {
  const minutes = Math.round(ms / 60_000);
  if (ms < 90_000) return `about ${Math.max(1, Math.round(ms / 1_000))} s`;
  if (minutes < 60) return `about ${minutes} min`;
  const [days, hours] = [Math.floor(minutes / 1_440), Math.floor((minutes % 1_440) / 60)];
  if (days > 0) return hours > 0 ? `about ${days} d ${hours} h` : `about ${days} d`;
  return minutes % 60 > 0 ? `about ${hours} h ${minutes % 60} min` : `about ${hours} h`;
}

/**
 * Fault `cognition.<class>`. Facts: `status`, `retry` (whether trying again makes sense) and, where the provider says, `retryAfterMs`. The provider's own words go into the message,
 * cut; redact them before they are shown.
 */
export function failureOf(problem: CallProblem, now: number): Fault {
  const code = codeOf(problem);
  const { kind, retry: worthwhile } = CLASSES[code];
  const retryAfterMs = code === 'cognition.rate_limited' || code === 'cognition.provider_error' ? hintOf(problem.headers, problem.text, now) : null;
  const tooLong = retryAfterMs !== null && retryAfterMs > HINT_MAX_MS;
  const words = [
    code === 'cognition.timeout' ? 'The model did not answer in time' : `The model did not answer${problem.status === null ? '' : ` (HTTP ${problem.status})`}`,
    ...(tooLong ? [`the limit ends in ${spokenDuration(retryAfterMs)}`] : []),
    problem.text.slice(0, TEXT_MAX),
  ].filter(Boolean);
  const retry = worthwhile && !tooLong;
  return new Fault(kind, code, words.join(': '), { status: problem.status, retry, ...(retryAfterMs !== null && { retryAfterMs }) });
}

const MAY_BE_CHARGED: ReadonlySet<string> = new Set<FailureCode>([
  ...(['cognition.timeout', 'cognition.unreachable', 'cognition.tool_use_failed', 'cognition.answer_unreadable'] as const),
]);

/** Whether the provider may have worked for a call that failed: it was not refused, and no word of its cost came back. */
export const mayBeCharged = (code: string): boolean => MAY_BE_CHARGED.has(code);

/** The wait before try number `attempt` (from 1: the first repetition); null: there is none any more. */
export function retryDelayMs(fault: Pick<Fault, 'facts'>, attempt: number): number | null {
  if (fault.facts['retry'] !== true) return null;
  const usual = RETRY_DELAYS_MS[attempt - 1];
  const hint = fault.facts['retryAfterMs'];
  return usual === undefined ? null : typeof hint === 'number' ? hint : usual;
}

/** What the run says as its last words when its model failed for good: one sentence for people, without the provider's text. */
export function finalSentence({ code, facts }: Pick<Fault, 'code' | 'facts'>): string {
  const sentence = Object.hasOwn(CLASSES, code) ? CLASSES[code as FailureCode].sentence : 'The run stopped because its model could not be asked.';
  const hint = facts['retryAfterMs'];
  return typeof hint === 'number' && hint > HINT_MAX_MS ? `${sentence} It ends in ${spokenDuration(hint)}.` : sentence;
}
