/** One way from a zod schema to a value or to a fault that names the field and what was expected. */
import { z } from 'zod';
import { Fault } from '../errors/fault';

// Workflows run in a sandbox that forbids code generation; one setting for all keeps every process alike.
z.config({ jitless: true });

/** `value` as the schema sees it, or a Fault of kind `invalid` whose facts are `{field, reason, issues[]}` (first eight issues). */
export function parse<S extends z.ZodType>(schema: S, value: unknown, code = 'invalid'): z.output<S> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issues = result.error.issues.slice(0, 8).map((issue) => ({ field: issue.path.join('.') || '(body)', reason: issue.message }));
  const first = issues[0] ?? { field: '(body)', reason: 'is not valid' };
  throw new Fault('invalid', code, `${first.field}: ${first.reason}`, { ...first, issues });
}
