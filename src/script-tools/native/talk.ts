/** The tools that speak with a model: `llm` gives its words, `infer` an object of a shape or one of some choices. */
import { z } from 'zod';
import type { Json } from '../../contracts/pattern/json';
import type { ModelUse } from '../../contracts/script/activities';
import type { ScriptModels, TalkRequest, TalkTurn } from '../../contracts/script/talk';
import type { ScriptTool, ScriptToolContext, ScriptToolOutcome } from '../../contracts/script/tools';
import { fits } from '../../domain/script/fit/fits';
import { ScriptTexts } from '../../domain/script/ir/texts';
import { objectIn } from '../../domain/script/json-answer';
import { Fault, faultFrom } from '../../errors/fault';
import { scriptTool } from '../script-tool';

const TEXT_MAX = 512 * 1024;
const Prompt = z.string().min(1).max(TEXT_MAX);

const SETTINGS = {
  system: z.string().min(1).max(TEXT_MAX).optional().describe('What the model is told before.'),
  context: z.json().optional().describe('What it should know: a text, or any value.'),
  model: z.string().min(1).max(300).optional().describe('"<provider>:<model>", a provider, or a model of the default one.'),
  temperature: z.number().min(0).max(2).optional(),
  max_tokens: z.int().min(1).max(1_000_000).optional(),
};

type Settings = z.output<z.ZodObject<typeof SETTINGS>>;

const requestOf = ({ model, system, temperature, max_tokens: maxTokens }: Settings, turns: readonly TalkTurn[], mock: TalkRequest['mock']): TalkRequest => ({
  ...{ model: model ?? null, system: system ?? null, temperature: temperature ?? null, maxTokens: maxTokens ?? null, turns, tools: [], mock },
});

const wordsOf = (prompt: string, context: Json | undefined): string =>
  context === undefined ? prompt : `${prompt}\n\n${typeof context === 'string' ? context : JSON.stringify(context, null, 1)}`;

const said = (text: string): TalkTurn => ({ role: 'user', text });

const costOf = ({ model, tokensIn, tokensOut }: ModelUse) => ({ model, tokens_in: tokensIn, tokens_out: tokensOut });

const llm = (models: ScriptModels): ScriptTool =>
  scriptTool({
    name: 'llm',
    description: 'Asks a model: `text` is its answer.',
    effect: 'external',
    args: z.strictObject({ prompt: Prompt, ...SETTINGS }),
    twice: 'paid',
    perform: async ({ prompt, context, ...settings }, { signal }) => {
      const { text, use } = await models.talk(requestOf(settings, [said(wordsOf(prompt, context))], { kind: 'text' }), signal);
      return { output: { text, ...costOf(use) }, models: [use] };
    },
  });

/** Answers that are asked for. */
const TRIES = 3;
const CHOICES_MAX = 100;

const Infer = z
  .strictObject({
    prompt: Prompt,
    ...SETTINGS,
    fields: z
      .record(z.string().regex(/^[A-Za-z_]\w{0,99}$/, 'expected the name of a field'), z.string().min(1).max(500))
      .refine((fields) => Object.keys(fields).length >= 1 && Object.keys(fields).length <= 100, 'expected 1 to 100 fields')
      .optional()
      .describe('The shape of the answer: names and types of the language, such as { name: "text", total: "number(min = 0)" }.'),
    choices: z.array(z.string().min(1).max(500)).min(1).max(CHOICES_MAX).optional().describe('The answer is one of these: `choice`.'),
  })
  .refine(({ fields, choices }) => !(fields && choices), 'expected either fields or choices');
type Infer = z.output<typeof Infer>;

const infer = (models: ScriptModels): ScriptTool =>
  scriptTool({
    name: 'infer',
    description:
      'Asks a model for an object with `fields`, for one of `choices` (`choice`, `reason`), or for a text (`text`). An answer that does not fit is asked for again, up to three times.',
    effect: 'external',
    args: Infer,
    twice: 'paid',
    perform: async (args, context) => {
      const shape = shapeOf(args);
      return shape ? shaped(models, args, { shape, context }) : llm(models).perform(plainOf(args), context);
    },
  });

const plainOf = ({ fields: _fields, choices: _choices, ...plain }: Infer): Json => plain as unknown as Json;

interface Shape {
  readonly rules: string;
  readonly mock: TalkRequest['mock'];
  /** What is wrong with an answer, or what it is. */
  read(answer: { readonly [key: string]: Json } | null): { readonly value: Json } | { readonly problem: string };
}

const ONE_OBJECT = 'Answer with one JSON object and nothing else';

function shapeOf({ fields, choices }: Infer): Shape | null {
  if (choices) {
    return {
      rules: `${ONE_OBJECT}: {"choice": one of ${JSON.stringify(choices)}, "reason": one sentence}.`,
      mock: { kind: 'choice', choices },
      read(answer) {
        const choice = answer?.['choice'];
        if (typeof choice !== 'string' || !choices.includes(choice)) return { problem: `"choice" is none of ${JSON.stringify(choices)}.` };
        return { value: { choice, reason: typeof answer?.['reason'] === 'string' ? answer['reason'] : '' } };
      },
    };
  }
  return fields ? fieldsOf(fields) : null;
}

function fieldsOf(fields: Readonly<Record<string, string>>): Shape {
  const texts = new ScriptTexts();
  for (const [name, type] of Object.entries(fields)) {
    try {
      texts.type(type);
    } catch (thrown) {
      throw new Fault('invalid', 'script_tool.arguments', `fields.${name}: ${faultFrom(thrown).message}`, { field: `fields.${name}`, begun: false });
    }
  }
  const shape = Object.entries(fields).map(([name, type]) => `"${name}": ${type}`);
  return {
    rules: `${ONE_OBJECT}, with exactly these fields (name: type): {${shape.join(', ')}}.`,
    mock: { kind: 'fields', fields },
    read(answer) {
      if (!answer) return { problem: 'It is no JSON object.' };
      const value: Record<string, Json> = {};
      for (const [name, type] of Object.entries(fields)) {
        const given = answer[name];
        if (given === undefined) return { problem: `The field "${name}" is missing.` };
        const fit = fits(given, type, { enums: {}, texts, convert: true });
        if (fit.misfit !== null) return { problem: `The field "${name}": ${fit.misfit}` };
        value[name] = fit.value;
      }
      return { value };
    },
  };
}

async function shaped(
  models: ScriptModels,
  { prompt, context: known, system, ...settings }: Infer,
  { shape, context }: { readonly shape: Shape; readonly context: ScriptToolContext },
): Promise<ScriptToolOutcome> {
  const uses: ModelUse[] = [];
  const rules = system === undefined ? shape.rules : `${system}\n\n${shape.rules}`;
  let turns: readonly TalkTurn[] = [said(wordsOf(prompt, known))];
  let problem = '';
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const { text, use } = await models.talk(requestOf({ ...settings, system: rules }, turns, shape.mock), context.signal);
    uses.push(use);
    const read = shape.read(objectIn(text));
    if ('value' in read) return { output: read.value, models: uses };
    problem = read.problem;
    turns = [...turns, { role: 'assistant', text, calls: [] }, said(`That does not fit. ${problem} ${shape.rules}`)];
  }
  throw new Fault('unavailable', 'script_tool.no_fit', `The model gave nothing that fits, asked ${TRIES} times. ${problem}`, { retry: true });
}

export const talkTools = (models: ScriptModels): readonly ScriptTool[] => [llm(models), infer(models)];
