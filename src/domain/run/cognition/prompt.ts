/** What a model is told before the conversation: where it works, what it may do, what is left. */
import type { ThinkingRequest } from '../../../contracts/run/ports';

const RULES = `You work on a task inside a runtime that records everything you do.

You act only by calling tools. Each call is a proposal: the runtime checks it against the authority of this run, its budget, policies and the state of the world, and may reject it or ask a person first. What is accepted is executed and committed to a ledger.
- "Committed …" comes with the result of the call. "Rejected …" says why nothing was done: choose another way, do not repeat the same call. "Execution failed …" says what went wrong.
- When nobody knows how a call ended, look at the state of the world before you try it again.
- Several calls in one answer are executed one after the other, in their order.
- When the task is done, or cannot be done, answer in plain text without calling a tool. That text is the answer of the run.`;

type Asked = Pick<ThinkingRequest, 'tools' | 'budgetLeft' | 'step' | 'maxSteps' | 'instructions'>;

/** The part that stays the same for a whole run, so that providers may keep it. */
export function standingPrompt({ tools, instructions }: Pick<Asked, 'tools' | 'instructions'>): string {
  const own = instructions ? `\n\n${instructions}` : '';
  if (tools.length === 0) return `${RULES}\n\nThis run may use no tools: answer in plain text.${own}`;
  const list = tools.map(({ name, effect_class, risk_class }) => `- ${name} (effect ${effect_class}, risk ${risk_class})`);
  return `${RULES}\n\nTools within the authority of this run:\n${list.join('\n')}${own}`;
}

/** The part that changes from step to step. */
export function stepPrompt({ step, maxSteps, budgetLeft }: Asked): string {
  const left = [
    `${budgetLeft.tool_calls} tool calls`,
    `${budgetLeft.tokens} tokens`,
    `${Math.ceil(budgetLeft.wall_clock_ms / 1_000)} s of tool time`,
    ...(budgetLeft.usd_millicents > 0 ? [`${(budgetLeft.usd_millicents / 100_000).toFixed(3)} US dollars`] : []),
  ];
  const last = step + 1 >= maxSteps ? ' This is the last step: answer in plain text now.' : '';
  return `Step ${step + 1} of at most ${maxSteps}. Left of the budget: ${left.join(', ')}.${last}`;
}
