/** Whether an answer fits what was asked: its type, and its options where there are some. */
import type { Json } from '../../../contracts/pattern/json';
import type { ScriptPause } from '../../../contracts/script/start';
import { canonicalJson } from '../../canonical-json';
import { fits, type Enums } from '../fit/fits';
import { ScriptTexts } from '../ir/texts';

export type AskPause = Extract<ScriptPause, { readonly kind: 'ask' }>;

/** The code of the answer that was one too many. */
export const USED_UP = 'ask.retries_used_up';
/** Characters of a comment. */
export const COMMENT_MAX = 2_000;

export interface GivenAnswer {
  readonly value: Json;
  readonly comment: string | null;
}

export type Judged = { readonly answer: GivenAnswer } | { readonly code: 'ask.no_value' | 'ask.type' | 'ask.option'; readonly message: string };

const isObject = (value: unknown): value is { readonly [key: string]: Json } => typeof value === 'object' && value !== null && !Array.isArray(value);

/** `{value, comment}`, or the answer itself; nothing at all is the default of the ask. */
function read(override: Json | undefined, { default: otherwise }: AskPause): { readonly value: Json | undefined; readonly comment: string | null } {
  const enveloped = isObject(override) && 'value' in override ? override : { value: override };
  const comment = 'comment' in enveloped && typeof enveloped['comment'] === 'string' ? enveloped['comment'].slice(0, COMMENT_MAX) : null;
  const value = enveloped.value ?? (otherwise !== null && 'value' in otherwise ? (otherwise.value as Json) : undefined);
  return { value, comment };
}

export function judgeAnswer(override: Json | undefined, pause: AskPause, enums: Enums): Judged {
  const { value, comment } = read(override, pause);
  if (value === undefined) return { code: 'ask.no_value', message: 'The answer has no value: expected {"value": …}.' };
  const { misfit, value: taken } = fits(value, pause.type, { enums, texts: new ScriptTexts(), convert: true });
  if (misfit !== null) return { code: 'ask.type', message: misfit };
  const { options } = pause;
  if (options !== null && !options.some((option) => canonicalJson(option as Json) === canonicalJson(taken))) {
    const known = options.slice(0, 20).map((option) => JSON.stringify(option).slice(0, 100));
    return { code: 'ask.option', message: `Expected one of ${known.join(', ')}, found ${JSON.stringify(taken).slice(0, 100)}.` };
  }
  return { answer: { value: taken, comment } };
}
