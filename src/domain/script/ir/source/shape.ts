/** The form of the intermediate representation as somebody writes it: what is usual may be left out, and values may stand for themselves. What it says is checked as that of a text is. */
import { z } from 'zod';
import { nearest } from '../../../nearest';
import { EXPRESSION_WORDS } from '../../syntax/words';

/** An object without any other key; one that is not known is told with the key that was probably meant. */
const strict = <S extends z.core.$ZodLooseShape>(shape: S): z.ZodObject<S, z.core.$strict> =>
  z.strictObject(shape, {
    error: (issue) => {
      if (issue.code !== 'unrecognized_keys') return undefined;
      const [key = ''] = issue.keys;
      return `There is no \`${key.slice(0, 100)}\` here.${nearest(key, Object.keys(shape)) || ` There are ${Object.keys(shape).join(', ')}.`}`;
    },
  });

/** An expression as a text, or any other value, which stands for itself. */
const expression = z.custom<unknown>((value) => value !== undefined, 'Expected a value.');
const type = z.string();
const name = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'Expected a name: letters, digits and _, and no digit first.')
  .refine((word) => !EXPRESSION_WORDS.has(word), 'This is a word of the language; it cannot be a name.');
const tool = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*$/, 'Expected the name of a tool: names with dots between them.');
const text = z.string();
const count = z.int('Expected a whole number.').min(0, 'Expected a whole number from 0.');
/** A record leaves `__proto__` out without a word. */
const args = z
  .unknown()
  .refine((given) => !(typeof given === 'object' && given !== null && Object.hasOwn(given, '__proto__')), '`__proto__` cannot be a name.')
  .pipe(z.record(name, expression))
  .default({});

const field = strict({ name, type, optional: z.boolean().optional(), default: expression.optional() });
const fields = z.array(field);

const action = z.discriminatedUnion('do', [
  strict({ do: z.literal('continue') }),
  strict({ do: z.literal('goto'), label: text }),
  strict({ do: z.literal('retry'), times: count.optional() }),
  strict({ do: z.literal('fail'), message: expression }),
]);

const onError = strict({ retry: count.optional(), then: z.union([z.literal('ignore'), strict({ tool, args })]).optional() });

const line = { line: count.optional() };
const labelled = { ...line, label: text.optional() };
const bound = { ...labelled, bind: name.optional(), stream: z.boolean().optional() };

// Steps stand in steps. Their type would be its own part, so whoever goes into a block says {@link StepSource} of what is in it.
const steps: z.ZodType<readonly unknown[]> = z.lazy(() => z.array(step));
const blocks = z.array(strict({ name: text, steps }));

const step = z.discriminatedUnion('primitive', [
  strict({ primitive: z.literal('execute'), ...bound, tool, args, on_error: onError.optional() }),
  strict({ primitive: z.literal('let'), ...labelled, name, value: expression }),
  strict({
    primitive: z.literal('iterate'),
    ...bound,
    item: name,
    index: name.optional(),
    list: expression,
    parallel: expression.optional(),
    sleep: expression.optional(),
    steps,
  }),
  strict({
    primitive: z.literal('branch'),
    ...bound,
    question: text,
    rules: z.array(strict({ when: expression, branch: text })),
    otherwise: text.optional(),
    branches: blocks,
  }),
  strict({ primitive: z.literal('decide'), ...bound, question: text, args, branches: blocks }),
  strict({
    primitive: z.literal('evaluate'),
    ...bound,
    condition: expression.optional(),
    ask: expression.optional(),
    on_pass: action.optional(),
    on_fail: action.optional(),
  }),
  strict({ primitive: z.literal('parallel'), ...bound, lanes: blocks }),
  strict({ primitive: z.literal('pipe'), ...bound, item: name, source: expression, batch: expression.optional(), parallel: expression.optional(), steps }),
  strict({ primitive: z.literal('repeat'), ...bound, until: expression, max: expression.optional(), sleep: expression.optional(), steps }),
  strict({ primitive: z.literal('wait'), ...labelled, for: expression.optional(), until: expression.optional() }),
  strict({ primitive: z.literal('agent'), ...bound, tool: tool.default('llm'), args }),
  strict({ primitive: z.literal('ask'), ...bound, type: type.optional(), args }),
  strict({ primitive: z.literal('plan'), ...bound, tool: tool.default('llm'), args }),
  strict({ primitive: z.literal('run'), ...bound, script: text.optional(), plan: name.optional(), version: count.optional(), args }),
  strict({ primitive: z.enum(['emit', 'yield']), ...line, value: expression.optional(), args: args.optional() }),
  strict({ primitive: z.literal('send'), ...bound, channel: text, args }),
]);

export type StepSource = z.output<typeof step>;
export type FieldSource = z.output<typeof field>;
export type ActionSource = z.output<typeof action>;
export type BlockSource = z.output<typeof blocks>[number];

export const IrSource = strict({
  ir: z.literal(1, 'Expected 1, the edition of the representation.'),
  name: text,
  description: text.optional(),
  version: text.optional(),
  input: fields.default([]),
  output: fields.default([]),
  stream: fields.optional(),
  env: fields.default([]),
  tools: z.array(strict({ name: tool, tool: tool.optional(), source: tool })).default([]),
  enums: z.record(name, z.array(text)).default({}),
  constants: z.array(strict({ name, value: expression })).default([]),
  steps: z.array(step).default([]),
  on_error: z.array(step).optional(),
});
export type IrSource = z.output<typeof IrSource>;
