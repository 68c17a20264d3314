/** What a run of a thread needs before it starts: a writ for what its agent may do, a trajectory, and what was said in the thread. */
import type { AgentDefinition } from '../../src/contracts/conversation/agent';
import type { PrepareRunInput } from '../../src/contracts/conversation/activities';
import type { RunInput } from '../../src/contracts/conversation/start';
import { TITLE_MAX, type RunSpec, type RunStart } from '../../src/contracts/run/start';
import { choiceOfAgent, grantOfAgent } from '../../src/domain/conversation/agent-run';
import { turnsOf } from '../../src/domain/conversation/said';
import { hashOfText } from '../../src/domain/run/ledger/hash';
import { Fault } from '../../src/errors/fault';
import type { ConversationDependencies } from './dependencies';
import { newestSaid } from './said-turns';

const gone = (what: string): Fault => new Fault('internal', 'conversation.gone', `${what} is not stored any more.`, {});

/** The same for the same run: a repetition finds what it began. */
const trajectoryOf = (threadId: string, runId: string): string => hashOfText(`thread-${threadId}-run:${runId}`);

export async function prepareThreadRun(deps: ConversationDependencies, { conversation, rolloutId, run }: PrepareRunInput): Promise<RunStart> {
  const { tenant, threadId } = conversation;
  const { runId } = run;
  await deps.runs.assertRoom(tenant);
  const [definition, input] = await Promise.all([deps.agents.version(tenant, run.agent.id, run.agent.version), inputOf(deps, tenant, run.inputRef)]);
  if (!definition) throw gone('The agent of the run');
  const spec = await specOf(deps, definition, input, { tenant, threadId, rolloutId });
  deps.cognition.check(spec.cognition);
  const names = (await deps.tools.list(tenant)).map(({ name }) => name);
  const grant = grantOfAgent(definition, { limits: deps.grants, tools: names.length === 0 ? null : names, now: Math.floor(Date.now() / 1_000) });
  const writ = await deps.writs.mint({ tenant, runId, userId: null, grant, parent: null });
  await deps.writs.keep(runId, writ);
  const trajectoryId = trajectoryOf(threadId, runId);
  const note = deps.redact(spec.task);
  await deps.ledger.append({ tenant, trajectoryId, runId, requestId: 'root', build: () => ({ type: 'root', trajectory_id: trajectoryId, note }) });
  return {
    ...{ id: runId, tenant, trajectoryId, specRef: await deps.blobs.put(tenant, JSON.stringify(spec)), title: note.slice(0, TITLE_MAX), attempt: 0 },
    ...{ maxSteps: input.config.maxTurns ?? definition.maxIterations, writId: writ.id, budget: writ.body.budget, expiresAt: writ.body.time_window.expires_at },
    ...{ approvalTimeoutMs: deps.approvalTimeoutMs, parent: null, branchOf: null, routed: false, conversation: { threadId, rolloutId } },
    ...{ keyId: run.keyId, by: run.by, createdAt: new Date().toISOString() },
  };
}

async function inputOf({ blobs }: ConversationDependencies, tenant: string, ref: string): Promise<RunInput> {
  const text = await blobs.get(tenant, ref);
  if (text === null) throw gone('What the run was asked');
  return JSON.parse(text) as RunInput;
}

/** The last message is what it is about; everything before it was said before. The ids of thread and run stand in it, so no other run has the same blob. */
async function specOf(
  deps: ConversationDependencies,
  definition: AgentDefinition,
  { messages, config, runId }: RunInput,
  place: { readonly tenant: string; readonly threadId: string; readonly rolloutId: string },
): Promise<RunSpec & { readonly runId: string }> {
  const said = await newestSaid(deps.content, place);
  const last = said.findLastIndex((event) => event.runId === runId && event.type === 'user_message');
  return {
    runId,
    task: messages.at(-1)?.text ?? '',
    cognition: choiceOfAgent(definition, config, deps.cognition.defaultProvider),
    ...{ history: [], skills: [], routed: null },
    ...(definition.systemPrompt !== '' && { instructions: definition.systemPrompt }),
    turns: turnsOf(last < 0 ? said : said.slice(0, last)),
    conversation: { threadId: place.threadId, rolloutId: place.rolloutId },
  };
}
