/**
 * One thought of a run: reads what the run knows from its ledger, asks its model, and keeps what came of it, so that the second time answers as the first. What the model says is told
 * live, without secrets.
 */
import { CancelledFailure, Context } from '@temporalio/activity';
import type { RunActivities, RunIdentity, ThinkInput, ThinkOutput } from '../../src/contracts/run/activities';
import { runRef } from '../../src/contracts/run/commands';
import { TEXT_MAX } from '../../src/contracts/run/events';
import type { Cognition, Ledger, Thought, ThinkingRequest, Tools } from '../../src/contracts/run/ports';
import type { LedgerEntry, Writ } from '../../src/contracts/run/protocol';
import { INTENTS_MAX, type RunSpec } from '../../src/contracts/run/start';
import type { DeltaFrame, Deltas, Intents, MadeIntent } from '../../src/contracts/run/thinking';
import { fitsInline, jsonBytes, type StoredValue } from '../../src/contracts/execution/value';
import { grants, coveredBy, scopeNames } from '../../src/domain/run/authority/scope';
import { finalSentence, mayBeCharged, retryDelayMs } from '../../src/domain/run/cognition/failures';
import { isOffline } from '../../src/domain/run/cognition/providers';
import { hashOfText } from '../../src/domain/run/ledger/hash';
import { intentId } from '../../src/domain/run/ledger/ids';
import { Fault, faultFrom } from '../../src/errors/fault';
import type { Blobs, Effects, Frames } from '../ports';
import { LiveDeltas } from './live-deltas';

export interface ThinkDependencies {
  readonly cognition: Cognition;
  readonly tools: Pick<Tools, 'list'>;
  readonly ledger: Pick<Ledger, 'lineage'>;
  readonly findWrit: (tenant: string, writId: string) => Promise<Writ | null>;
  readonly blobs: Blobs;
  readonly intents: Intents;
  readonly effects: Effects;
  readonly deltas: Deltas;
  readonly frames: Frames;
  /** Takes secrets out of what goes to the ledger and to people; knows `knownSecrets`. */
  readonly redact: <T>(value: T) => T;
  readonly knownSecrets: readonly string[];
}

/** How often Temporal hears that the model is being asked, and the call whether it is still wanted. */
const BEAT_MS = 500;
const TIMER_MAX_MS = 2_147_483_647;

export const thinkActivity = (deps: ThinkDependencies): Pick<RunActivities, 'think'> => ({
  async think(input) {
    try {
      return await thinkOnce(deps, input);
    } catch (thrown) {
      throw thrown instanceof CancelledFailure ? thrown : faultFrom(thrown);
    }
  },
});

async function thinkOnce(deps: ThinkDependencies, input: ThinkInput): Promise<ThinkOutput> {
  const { tenant, runId } = input.run;
  const actor = runRef(tenant, runId);
  const effectId = `think-${input.key}`;
  const request = await requestOf(deps, input);
  const claimed = await deps.effects.claim(actor, effectId, 'think');
  if (claimed.state === 'done') return claimed.receipt as ThinkOutput;
  // A model that was asked and never heard is asked again: it changed nothing in the world, and only what it cost is unknown.
  const lost = claimed.state === 'claimed';
  if (lost) Context.current().log.warn('a call of a model was lost, and is made again; what it cost is not known', { key: input.key });
  const began = performance.now();
  const latency = (): number => Math.round(performance.now() - began);
  const live = liveOf(deps, input);
  let thought: Thought;
  try {
    thought = 'thought' in request ? request.thought : await asked(deps.cognition, request.request, input, live);
  } catch (thrown) {
    const fault = faultFrom(thrown);
    if (!fault.code.startsWith('cognition.')) throw thrown;
    await deps.effects.release(actor, effectId);
    return failedBy(deps, live, {
      fault,
      retry: input.retry,
      latencyMs: latency(),
      costKnown: isFree(request) || !mayBeCharged(fault.code),
    });
  }
  const output = await kept(deps, input, thought, {
    ...{ latencyMs: latency(), costWasLost: lost && !isFree(request) },
    ...(lost && { lostCalls: 1 }),
  });
  await deps.effects.settle(actor, effectId, output);
  await live.end({ type: 'turn_complete', intents_count: thought.intents.length, final_answer: deps.redact(thought.final_answer) });
  return output;
}

function liveOf(deps: ThinkDependencies, { run, key, retry }: ThinkInput): LiveDeltas {
  const { attempt } = Context.current().info;
  const actor = runRef(run.tenant, run.runId);
  const send = async (frame: DeltaFrame): Promise<void> => {
    // Kept before it is sent: who subscribes and then reads misses nothing. Where it cannot be kept, those who watch see it all the same.
    await deps.deltas
      .append(actor.address, frame)
      .catch((problem: unknown) => Context.current().log.debug('deltas were not kept', { problem: String(problem) }));
    deps.frames.send(actor, { ...frame });
  };
  const turn = `${key}${retry > 0 ? `-${retry}` : ''}${attempt > 1 ? `.${attempt}` : ''}`;
  return new LiveDeltas({ turn, redact: deps.redact, knownSecrets: deps.knownSecrets, send });
}

async function asked(cognition: Cognition, request: ThinkingRequest, { budgetLeft }: ThinkInput, live: LiveDeltas): Promise<Thought> {
  const { cancellationSignal, heartbeat } = Context.current();
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), Math.min(TIMER_MAX_MS, Math.max(1, budgetLeft.wall_clock_ms)));
  const beat = setInterval(() => heartbeat(), BEAT_MS);
  try {
    return await cognition.think(request, AbortSignal.any([cancellationSignal, late.signal]), (delta) => live.add(delta));
  } catch (thrown) {
    if (cancellationSignal.aborted) throw stopped(cancellationSignal.reason);
    if (!late.signal.aborted) throw thrown;
    throw new Fault('deadline', 'cognition.timeout', 'The wall clock of the budget was used up while the model was asked.', { retry: false });
  } finally {
    clearTimeout(timer);
    clearInterval(beat);
  }
}

/** A worker that shuts down is nobody who cancels. */
export const stopped = (reason: unknown): unknown =>
  reason instanceof Error && reason.message === 'WORKER_SHUTDOWN'
    ? new Fault('unavailable', 'run.worker_stopping', 'The worker stops; the model is asked again by another.', {})
    : reason;

/** What the model is told; or, where the run has its one intent from the request, the thought itself. */
/** What is asked of a model, or what was chosen without one. */
type Asked = { readonly request: ThinkingRequest } | { readonly thought: Thought };

async function requestOf(deps: ThinkDependencies, input: ThinkInput): Promise<Asked> {
  const { run, step, maxSteps, budgetLeft } = input;
  const { tenant, runId } = run;
  const spec = await specOf(deps.blobs, tenant, input.specRef);
  if (spec.routed) return { thought: routedThought(spec.routed, step) };
  const [writ, listed, lineage] = await Promise.all([
    deps.findWrit(tenant, input.writId),
    deps.tools.list(tenant),
    deps.ledger.lineage({ tenant, trajectoryId: run.trajectoryId }),
  ]);
  if (!writ) throw new Fault('internal', 'run.gone', 'the writ of the run is not stored any more.', {});
  const { tool_scopes, effect_ceiling } = writ.body;
  const scopes = scopeNames(tool_scopes);
  const tools = listed.filter(({ name, effect_class }) => coveredBy(scopes, name) && grants(effect_ceiling, effect_class));
  const intents = deps.redact([...(await deps.intents.find(tenant, intentIdsOf(lineage)))]);
  const { task, cognition: choice, history, instructions, turns } = spec;
  const said = { ...(instructions !== undefined && { instructions }), ...(turns && { turns }) };
  return { request: { ...{ tenant, runId, step, maxSteps, choice, task, history, ...said, tools, lineage, budgetLeft }, intents: new Map(intents) } };
}

async function specOf(blobs: Blobs, tenant: string, ref: string): Promise<RunSpec> {
  const text = await blobs.get(tenant, ref);
  if (text === null) throw new Fault('internal', 'run.gone', 'the task of the run is not stored any more.', {});
  return JSON.parse(text) as RunSpec;
}

function routedThought({ tool, args, rationale }: NonNullable<RunSpec['routed']>, step: number): Thought {
  const intents = step === 0 ? [{ callId: 'routed', tool, args, rationale }] : [];
  return { intents, final_answer: null, usage: { tokens_in: 0, tokens_out: 0, usd_millicents: 0, cost_known: true }, author: 'routed' };
}

function intentIdsOf(lineage: readonly LedgerEntry[]): readonly string[] {
  const ids = lineage.flatMap(({ payload }) => {
    if (payload.type === 'commit') return [payload.body.intent_id];
    if (payload.type === 'rejection' || payload.type === 'execution_failed') return [payload.intent_id];
    return payload.type === 'pending_approval' ? [payload.proposal.body.intent_id] : [];
  });
  return [...new Set(ids)];
}

async function kept(
  deps: ThinkDependencies,
  input: ThinkInput,
  thought: Thought,
  { costWasLost, ...measured }: { readonly latencyMs: number; readonly lostCalls?: number; readonly costWasLost: boolean },
): Promise<ThinkOutput> {
  const { tenant, runId } = input.run;
  const made = thought.intents.slice(0, INTENTS_MAX).map((said, at) => madeIntent(deps, input, { said, at, author: thought.author }));
  const refs = await deps.intents.keep(tenant, runId, made);
  const { tokens_in: tokensIn, tokens_out: tokensOut, usd_millicents: usdMillicents, cost_known: priced = true } = thought.usage;
  const costKnown = priced && !costWasLost;
  return {
    outcome: 'thought',
    intents: made.map(({ intent: { id, body } }, at) => ({
      ...{ intentId: id, ref: refs[at] as string, tool: body.target },
      rationale: body.rationale.slice(0, TEXT_MAX),
    })),
    finalAnswer: thought.final_answer === null ? null : await storedValue(deps, input.run, deps.redact(thought.final_answer)),
    usage: { ...{ tokensIn, tokensOut, usdMillicents }, ...(!costKnown && { costKnown }), ...measured },
  };
}

const KIND_OF_TOOL: Readonly<Record<string, 'delegate' | 'memory_promote'>> = { delegate: 'delegate', memory_store: 'memory_promote' };

/** Models may give two calls the same id, and the same arguments to both: where and when an intent was made makes it one of its own. */
function madeIntent(
  { redact }: ThinkDependencies,
  { run, key, step }: ThinkInput,
  { said, at, author }: { readonly said: Thought['intents'][number]; readonly at: number; readonly author: string },
): MadeIntent {
  const { callId, tool, args, rationale } = said;
  const nonce = [...Buffer.from(hashOfText(JSON.stringify([run.runId, key, at, callId])).slice(0, 32), 'hex')];
  const body = {
    ...{ parent_commit: null, author, kind: KIND_OF_TOOL[tool] ?? ('act' as const), target: tool, args },
    ...{ rationale: redact(rationale), nonce },
  };
  return { intent: { id: intentId(body), body }, callId, step };
}

async function storedValue({ blobs }: ThinkDependencies, { tenant }: RunIdentity, value: string): Promise<StoredValue> {
  return fitsInline(value) ? { value } : { ref: await blobs.put(tenant, JSON.stringify(value)), bytes: jsonBytes(value) };
}

/** Nobody is paid for what a provider on this machine says, or for what came with the request. */
const isFree = (request: Asked): boolean => !('request' in request) || isOffline(request.request.choice.provider);

async function failedBy(
  { redact }: ThinkDependencies,
  live: LiveDeltas,
  { fault, retry, latencyMs, costKnown }: { readonly fault: Fault; readonly retry: number; readonly latencyMs: number; readonly costKnown: boolean },
): Promise<ThinkOutput> {
  const message = redact(fault.message);
  const retryInMs = retryDelayMs(fault, retry + 1);
  await live.end({ type: 'error', message });
  const known = costKnown ? {} : { costKnown };
  return { outcome: 'failed', error: { code: fault.code, message }, retryInMs, latencyMs, ...known, sentence: finalSentence(fault) };
}
