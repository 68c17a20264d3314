/** The input of an execution against what its pattern asks for. Pure: before the start, and inside the workflow for sub-patterns and batches. */
import type { Json } from '../../contracts/pattern/json';
import type { Plan } from '../../contracts/pattern/plan';
import { Fault } from '../../errors/fault';
import { checkInput } from '../pattern/schema/check-value';

/** Problems that are told. */
const SHOWN = 8;

/** With the defaults of the schema filled in. Fault `execution.input_invalid` (invalid) as seed 001 words it: `Invalid input: content is required`. `at` stands before the fields. */
export function inputFor({ input: schema }: Pick<Plan, 'input'>, input: Json, at = ''): Json {
  const { value, problems } = checkInput(schema, input);
  if (problems.length === 0) return value;
  const issues = problems.slice(0, SHOWN).map(({ path, message, expected }) => {
    const field = at === '' || path === '' ? `${at}${path}` || '(input)' : `${at}.${path}`;
    return message === 'It is missing.' ? { field, reason: 'required', expected } : { field, reason: message, expected };
  });
  const [first] = issues as [(typeof issues)[number]];
  const text = first.reason === 'required' ? `${first.field} is required` : `${first.field}: ${first.reason} Expected ${first.expected}.`;
  throw new Fault('invalid', 'execution.input_invalid', `Invalid input: ${text}`, { ...first, issues });
}
