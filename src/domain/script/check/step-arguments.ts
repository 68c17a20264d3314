/** The arguments that verbs of the language have; those of tools are known by the tools. */
import { nearest } from '../../nearest';
import type { ArgumentLine, Expression } from '../syntax/ast';
import type { Place, Problems } from '../syntax/problem';
import { twice } from './declarations';

interface Rule {
  readonly required?: true;
  readonly is?: (value: Expression) => boolean;
  readonly says?: string;
}

/** Days at most, as the longest of all waits. */
const DURATION = /^\d{1,9}(?:ms|s|m|h|d)$/;
const literal = (value: Expression): string | null =>
  value.kind === 'text' && value.parts.every((part) => typeof part === 'string') ? value.parts.join('') : null;
/** A text that is put together is looked at when it is there. */
export const mayBeDuration = (value: Expression): boolean => value.kind !== 'text' || literal(value) === null || DURATION.test(literal(value) as string);
const mayBeCount = (value: Expression): boolean => value.kind !== 'number' || (Number.isInteger(value.value) && value.value >= 0);
const mayBeList = (value: Expression): boolean =>
  !['text', 'number', 'boolean', 'object', 'null'].includes(value.kind) && !(value.kind === 'list' && value.items.length === 0);

export const DURATION_SAYS = 'a duration, such as "30s", "5m", "24h" or "7d"';
const duration: Rule = { is: mayBeDuration, says: DURATION_SAYS };
const count: Rule = { is: mayBeCount, says: 'a whole number from 0' };
const list: Rule = { is: mayBeList, says: 'a list with at least one item' };

export const ARGUMENTS: Readonly<Record<'ask' | 'agent' | 'plan' | 'decide', Readonly<Record<string, Rule>>>> = {
  ask: { prompt: {}, options: list, default: {}, timeout: duration, max_retries: count },
  agent: { system: {}, task: { required: true }, tools: list, max_iterations: count, temperature: {}, max_tokens: count, model: {} },
  plan: { system: {}, task: { required: true }, tools: list, max_steps: count, validate: {}, model: {} },
  decide: { prompt: {}, context: {}, system: {}, temperature: {}, model: {} },
};

/** Problems are told at the arguments; what is missing at `at`, where the step begins. */
export function checkArguments(verb: keyof typeof ARGUMENTS, args: readonly ArgumentLine[], at: Place, problems: Problems): void {
  const rules = ARGUMENTS[verb];
  twice(
    args,
    ({ name }) => name,
    ({ name, at: place }) => problems.add(place, `\`${name}\` is given twice.`),
  );
  for (const { name, value, at: place } of args) {
    const rule = Object.hasOwn(rules, name) ? rules[name] : undefined;
    if (!rule)
      problems.add(
        place,
        `\`${verb}\` has no argument \`${name}\`.`,
        () => nearest(name, Object.keys(rules)).trim() || `It has ${Object.keys(rules).join(', ')}.`,
      );
    else if (rule.is && !rule.is(value)) problems.add(value.at, `\`${name}\` is ${rule.says}.`);
  }
  for (const [name, { required }] of Object.entries(rules))
    if (required && !args.some((arg) => arg.name === name))
      problems.add(at, `\`${verb}\` needs the argument \`${name}\`.`, `Write ${name} = … in a line below.`);
}
