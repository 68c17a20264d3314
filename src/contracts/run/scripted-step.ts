/** What the provider `scripted` says in one step, as requests and agents give it. */
import { z } from 'zod';

const NAME_MAX = 200;
/** Characters of a rationale, and of what is thought. */
const TEXT_MAX = 20_000;
/** Characters of an answer, and of the arguments of one call in JSON. */
const ANSWER_MAX = 256 * 1024;
const INTENTS_MAX = 256;
const SOURCES_MAX = 100;

const args = z.json().refine((value) => JSON.stringify(value).length <= ANSWER_MAX, 'expected at most 256 KiB of JSON');

export const ScriptedStepBody = z.object({
  intents: z
    .array(z.object({ tool: z.string().max(NAME_MAX), args: args.default({}), rationale: z.string().max(TEXT_MAX).optional() }))
    .max(INTENTS_MAX)
    .optional(),
  final_answer: z.string().max(ANSWER_MAX).nullish(),
  thinking: z.string().max(TEXT_MAX).optional().describe('What it says of its thinking; told in threads.'),
  sources: z
    .array(z.object({ url: z.string().max(2_000).nullable().default(null), title: z.string().max(2_000).nullable().default(null) }))
    .max(SOURCES_MAX)
    .optional()
    .describe('What its answer rests on; told in threads.'),
  delay_ms: z.int().min(0).max(600_000).optional().describe('Waits so long before it speaks.'),
});
