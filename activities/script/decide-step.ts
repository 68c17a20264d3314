/** A model chooses one of some branches. An answer that is none of them is asked for again, with what was wrong. */
import type { DecideInput, DecideOutput, StepOutput } from '../../src/contracts/script/activities';
import type { TalkRequest, TalkTurn } from '../../src/contracts/script/talk';
import { objectIn } from '../../src/domain/script/json-answer';
import { keyOf, type Failure } from './acting';
import { StepModel, talkSettings, toldText } from './ask-model';
import type { ScriptDependencies } from './dependencies';
import { failedStep, misused } from './step-outputs';
import { StepScope, type Values } from './step-scope';

/** Answers that are asked for. */
const TRIES = 3;
const REASON_MAX = 2_000;
const RULES =
  'You decide which way a program goes on. Answer with one JSON object and nothing else: {"choice": one of the choices as it is written, "reason": one sentence}.';

const chosen = (choice: string, reason: string | null, told: Partial<Pick<StepOutput, 'input' | 'models'>> = {}): DecideOutput => ({
  ...{ outcome: 'done', output: { value: { choice, reason } }, input: null, models: [], artifacts: [], executionId: null, ...told },
  ...{ choice, reason },
});

/** A person may choose instead: `choice` of the corrected input. */
export async function decideStep(deps: ScriptDependencies, input: DecideInput): Promise<DecideOutput> {
  const { path, thread } = input;
  const scope = new StepScope(deps, input);
  const failed = (failure: Failure, told: Partial<Pick<StepOutput, 'input' | 'models'>> = {}): DecideOutput => ({
    ...failedStep(failure, { path }, told),
    ...{ choice: null, reason: null },
  });
  let first: TalkRequest;
  let args: Values;
  try {
    args = await scope.resolve(input.args);
    const given = input.branches.find((branch) => branch === args['choice']);
    if (given !== undefined) return chosen(given, 'A person chose it.');
    first = requestOf(input, args);
  } catch (thrown) {
    return failed(misused(thrown));
  }
  const [shown, redact] = await Promise.all([scope.shown(args), scope.redactor()]);
  const model = new StepModel(deps, { thread, scope, redact });
  let turns: readonly TalkTurn[] = first.turns;
  for (let attempt = 1; attempt <= TRIES; attempt++) {
    const asked = await model.ask(`decide-${keyOf(input)}.${attempt}`, { ...first, turns });
    if ('failure' in asked) return failed(asked.failure, { input: shown, models: model.used });
    const { text } = asked.answer;
    const found = choiceOf(text, input.branches);
    if (found) return chosen(found.choice, redact(found.reason).slice(0, REASON_MAX) || null, { input: shown, models: model.used });
    turns = [...turns, { role: 'assistant', text, calls: [] }, { role: 'user', text: `That is not one of the choices. ${choicesOf(input.branches)}` }];
  }
  const message = `The model chose none of ${input.branches.map((branch) => `"${branch}"`).join(', ')}, asked ${TRIES} times.`;
  return failed({ error: { code: 'decide.no_choice', message }, unknown: false, retry: true }, { input: shown, models: model.used });
}

const choicesOf = (branches: readonly string[]): string => `The choices: ${JSON.stringify(branches)}.`;

function requestOf({ question, branches }: DecideInput, args: Values): TalkRequest {
  const { system, ...settings } = talkSettings(args);
  const { prompt = null, context = null } = args;
  const parts = [
    `The question: ${question}`,
    ...(prompt === null ? [] : [toldText(prompt)]),
    ...(context === null ? [] : [`What is known:\n${toldText(context)}`]),
    choicesOf(branches),
  ];
  return {
    ...settings,
    system: system === null ? RULES : `${system}\n\n${RULES}`,
    turns: [{ role: 'user', text: parts.join('\n\n') }],
    ...{ tools: [], mock: { kind: 'choice', choices: branches } },
  };
}

/** As it is written; a difference of capitals and blanks is no other choice. A bare name is taken as well. */
function choiceOf(text: string, branches: readonly string[]): { readonly choice: string; readonly reason: string } | null {
  const said = objectIn(text);
  const plain = (name: string): string => name.trim().toLowerCase();
  const wanted = typeof said?.['choice'] === 'string' ? said['choice'] : said ? null : text.replace(/^["'`]|["'`.]$/g, '');
  if (wanted === null) return null;
  const choice = branches.find((branch) => branch === wanted) ?? branches.find((branch) => plain(branch) === plain(wanted));
  return choice === undefined ? null : { choice, reason: typeof said?.['reason'] === 'string' ? said['reason'] : '' };
}
