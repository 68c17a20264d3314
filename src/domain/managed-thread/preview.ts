/** A few characters of an input, for people: journals and the Temporal UI show this, never whole texts. */
import type { Answer } from '../../contracts/managed-thread/ask';
import type { SendInput } from '../../contracts/managed-thread/commands';

export const PREVIEW_MAX = 200;

const oneLine = (text: string): string => {
  const flat = text.replace(/\s+/g, ' ').trim();
  return flat.length > PREVIEW_MAX ? `${flat.slice(0, PREVIEW_MAX - 1)}…` : flat;
};

export function previewOf(input: SendInput | Answer | { readonly plain: string }): string {
  if ('plain' in input) return oneLine(input.plain);
  if ('message' in input) return oneLine('text' in input.message ? input.message.text : input.message.preview);
  if ('raw' in input) return JSON.stringify(input.raw).slice(1, -1).slice(0, PREVIEW_MAX);
  if ('keys' in input) return oneLine(input.keys.join(' '));
  if ('approve' in input) return input.approve ? 'approve' : 'deny';
  if ('option' in input) return `option ${input.option}`;
  return oneLine(input.text);
}
