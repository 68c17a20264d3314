/** Fields of bodies that say which events are meant: the same for webhooks and event triggers. */
import { z } from 'zod';
import { eventPatternProblem } from '../../domain/events/event-names';
import { pathProblem } from '../../domain/trigger/input-mapping';
import { text } from './fields';

const FILTERS_MAX = 20;

export const EventPattern = z
  .string()
  .max(100)
  .superRefine((pattern, context) => {
    const problem = eventPatternProblem(pattern);
    if (problem !== null) context.addIssue({ code: 'custom', path: [], message: problem });
  })
  .describe('The name of an event (`thread.started`), a prefix (`thread.*`), or `*`.');

const Scalar = z.union([text(1_000), z.number(), z.boolean(), z.null()]);
const List = z.array(Scalar).min(1).max(50);
const Bound = z.union([text(1_000), z.number()]).optional();
const Condition = z
  .union([
    Scalar,
    List,
    z.strictObject({
      ...{ $eq: Scalar.optional(), $ne: Scalar.optional(), $gt: Bound, $gte: Bound, $lt: Bound, $lte: Bound },
      ...{ $in: List.optional(), $nin: List.optional(), $exists: z.boolean().optional() },
    }),
  ])
  .meta({ id: 'EventCondition', description: 'A value that it must be, values of which it must be one, or operators that must all hold.' });

export const FiltersBody = z
  .record(
    z
      .string()
      .max(500)
      .superRefine((path, context) => {
        const problem = pathProblem(path);
        if (problem !== null) context.addIssue({ code: 'custom', path: [], message: problem });
      }),
    Condition,
  )
  .refine((filters) => Object.keys(filters).length <= FILTERS_MAX, `expected at most ${FILTERS_MAX} fields`)
  .describe('By the dotted path of a field of the event (`data.turnId`, `executionId`) or of its actor (`role`, `metadata.team`); all must hold.');
