/** The summary that stands for a rollout once it is compacted: by the agent's own model, or a plain one where none thinks. Kept under the compaction's id, so the second time answers as the first. */
import { Context } from '@temporalio/activity';
import { conversationRef } from '../../src/contracts/conversation/commands';
import type { SummariseInput } from '../../src/contracts/conversation/activities';
import type { CognitionChoice } from '../../src/contracts/run/ports';
import type { SaidTurn } from '../../src/contracts/run/said';
import { choiceOfAgent } from '../../src/domain/conversation/agent-run';
import { plainSummary, TURNS_CHARS_MAX, turnsOf } from '../../src/domain/conversation/said';
import { sizeOf } from '../../src/domain/run/cognition/turn-size';
import type { ConversationDependencies } from './dependencies';
import { stopped } from '../run/think';
import { allSaid } from './said-turns';

/** How often Temporal hears that it goes on, and the call whether it is still wanted. */
const BEAT_MS = 500;
/** Characters of a summary. */
const SUMMARY_MAX = 40_000;
/** What one summary may use. */
const BUDGET = { tokens: 1_000_000, tool_calls: 0, wall_clock_ms: 900_000, usd_millicents: 0 };
const PROMPT = `You write the summary that will stand for this conversation in everything that follows; what was said is not shown again. Keep what the user wants, what was decided and why, what was done and found out, names, numbers, paths and what is still open. Leave out greetings and repetitions. Write plain text.`;
const TASK = 'Summarise the conversation so far.';
const WITHOUT_MODEL: readonly string[] = ['mock', 'scripted'];

export async function summariseRollout(deps: ConversationDependencies, input: SummariseInput): Promise<{ readonly summaryRef: string }> {
  const { conversation, compactionId } = input;
  const { tenant, threadId } = conversation;
  const actor = conversationRef(tenant, threadId);
  const effectId = `summary-${compactionId}`;
  const claimed = await deps.effects.claim(actor, effectId, 'think');
  if (claimed.state === 'done') return claimed.receipt as { readonly summaryRef: string };
  // A summary that was lost with its worker is made again: it changed nothing, and only what it cost is not known.
  const summary = deps.redact(await summaryOf(deps, input)).slice(0, SUMMARY_MAX);
  const receipt = { summaryRef: await deps.blobs.put(tenant, JSON.stringify({ threadId, compactionId, summary })) };
  await deps.effects.settle(actor, effectId, receipt);
  const settled = await deps.effects.claim(actor, effectId, 'think');
  return settled.state === 'done' ? (settled.receipt as { readonly summaryRef: string }) : receipt;
}

/** A rollout that is longer than a model can be told is summarised in parts, each with the summary of those before it. */
async function summaryOf(deps: ConversationDependencies, { conversation, rolloutId, agent }: SummariseInput): Promise<string> {
  const { tenant, threadId } = conversation;
  const definition = agent && (await deps.agents.version(tenant, agent.id, agent.version));
  const choice = definition && choiceOfAgent(definition, {}, deps.cognition.defaultProvider);
  const write =
    choice && !WITHOUT_MODEL.includes(choice.provider) ? byModel(deps, tenant, threadId, choice) : (turns: readonly SaidTurn[]) => plainSummary(turns);
  let turns: readonly SaidTurn[] = [];
  for await (const events of allSaid(deps.content, { tenant, threadId, rolloutId })) {
    const more = turnsOf(events);
    if (charsOf(turns) + charsOf(more) > TURNS_CHARS_MAX && turns.length > 0) turns = [{ role: 'user', text: await write(turns) }];
    turns = [...turns, ...more];
  }
  return write(turns);
}

const charsOf = (turns: readonly SaidTurn[]): number => turns.reduce((sum, turn) => sum + sizeOf(turn), 0);

const byModel =
  ({ cognition }: ConversationDependencies, tenant: string, threadId: string, choice: CognitionChoice) =>
  async (turns: readonly SaidTurn[]): Promise<string> => {
    const { cancellationSignal, heartbeat } = Context.current();
    const beat = setInterval(() => heartbeat(), BEAT_MS);
    try {
      const { final_answer } = await cognition.think(
        {
          ...{ tenant, runId: threadId, step: 0, maxSteps: 1, choice, task: TASK, history: [], instructions: PROMPT, turns },
          ...{ tools: [], lineage: [], intents: new Map(), budgetLeft: BUDGET },
        },
        cancellationSignal,
        () => undefined,
      );
      return final_answer ?? plainSummary(turns);
    } catch (thrown) {
      if (cancellationSignal.aborted) throw stopped(cancellationSignal.reason);
      throw thrown;
    } finally {
      clearInterval(beat);
    }
  };
