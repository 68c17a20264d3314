/**
 * The compiler: an intent and the authority of a writ become a proposal that is staged, suspended until people approve, or rejected (digest §4.5). The stages come in a fixed order
 * and the first that refuses decides. Pure: what it needs to know of the clock, of revocations, of keys and of the world is handed in.
 *
 * The same function looks again at a proposal that people have approved ({@link CompileRequest.approval}): window, revocation, scope, budget, arguments, preconditions and policies as
 * they are by then. An approval satisfies its own channel and no other.
 */
import type { Tool, ToolDefinition, World } from '../../../contracts/run/ports';
import type { Budget, Intent, PolicyTrace, Proposal, RejectionReason, Writ } from '../../../contracts/run/protocol';
import { proposalId } from '../ledger/ids';
import { exceeded, shortage } from './budget';
import { judge, type PolicySet } from './policies';
import type { Json } from './policy-bundle';
import { compensationGate, riskGate, type Asking, type RiskThreshold } from './risk';
import { coveredBy, grants, scopeNames } from './scope';

export interface Gates {
  /** 9c: from which risk class on a tool asks. */
  readonly risk: RiskThreshold;
  /** 9b: whether what is irreversible and cannot be undone asks. */
  readonly uncompensable: boolean;
}

export interface CompileRequest {
  readonly intent: Intent;
  /** The arguments as the ledger and people may see them, secrets taken out. */
  readonly shownArgs: Json;
  readonly writ: Writ;
  /** Ids of writs that were revoked, of this one and of those it descends from. */
  readonly revoked: readonly string[];
  /** Whether the writ's id and signature are its issuer's. */
  readonly isSigned: (writ: Writ) => boolean;
  /** Seconds since 1970. */
  readonly now: number;
  /** The tool of the intent; null: there is none of that name. */
  readonly tool: CompiledTool | null;
  readonly world: World;
  /** So far, delegated runs counted. */
  readonly used: Budget;
  readonly policies: PolicySet;
  readonly gates: Gates;
  /** The suspended proposal and the channels on which it was approved. What is staged then is that proposal, under its id. */
  readonly approval?: { readonly proposal: Proposal; readonly channels: readonly string[] };
}

/** Of a tool, what the compiler asks. `misfit`: where arguments do not fit the tool's schema, or null. */
export type CompiledTool = Pick<Tool, 'definition' | 'precondition'> & { misfit(args: Json): string | null };

export type Compiled =
  /** `estimate`: what it may cost. */
  | { readonly outcome: 'staged'; readonly proposal: Proposal; readonly estimate: Budget }
  | { readonly outcome: 'suspended'; readonly proposal: Proposal; readonly channel: string; readonly reason: string; readonly approvals: number }
  | { readonly outcome: 'rejected'; readonly proposal: Proposal; readonly reason: RejectionReason };

/** The tool that an intent of each kind means; of other kinds none. */
const TOOL_OF_KIND: Partial<Record<Intent['body']['kind'], string | null>> = { act: null, memory_promote: 'memory_store', delegate: 'delegate' };

const UNTRACED: PolicyTrace = { rules_evaluated: [], decision: { kind: 'permit' } };

export function compile(request: CompileRequest): Compiled {
  const { intent, writ, policies, world, approval } = request;
  const refusal = refusalBefore(request);
  if (refusal !== null) return rejected(request, UNTRACED, refusal);
  const definition = (request.tool as CompiledTool).definition;

  const approved = approval?.channels ?? [];
  const { trace, approvals } = judge(policies, { intent: intent.body, writ: writ.body, world }, approved);
  if (trace.decision.kind === 'deny') return rejected(request, trace, { kind: 'policy_denied', detail: trace.decision.detail });
  if (trace.decision.kind === 'require_approval') return suspended(request, trace, { ...trace.decision.detail, approvals });

  const asking = gatesOf(request, definition).find(({ channel }) => !approved.includes(channel));
  if (asking) return suspended(request, trace, asking);
  return { outcome: 'staged', proposal: approval?.proposal ?? proposalOf(request, trace, { kind: 'staged' }), estimate: estimateOf(definition) };
}

/** The tool that the intent asks for. */
export const toolOf = ({ kind, target }: Intent['body']): string => TOOL_OF_KIND[kind] ?? target;

const gatesOf = ({ shownArgs, gates }: CompileRequest, definition: ToolDefinition): readonly Asking[] =>
  [compensationGate(definition, shownArgs, gates.uncompensable), riskGate(definition, shownArgs, gates.risk)].filter((asking) => asking !== null);

/** A call is a call, whatever the tool says of itself. */
const estimateOf = ({ estimate }: ToolDefinition): Budget => ({ ...estimate, tool_calls: Math.max(1, estimate.tool_calls) });

/** Stages 1 to 8: what refuses, in their order, or null. */
function refusalBefore(request: CompileRequest): RejectionReason | null {
  for (const stage of STAGES) {
    const refusal = stage(request);
    if (refusal !== null) return refusal;
  }
  return null;
}

type Stage = (request: CompileRequest) => RejectionReason | null;
const voided = (detail: string): RejectionReason => ({ kind: 'authority_void', detail });
const mismatch = (tool: string, detail: string): RejectionReason => ({ kind: 'type_mismatch', detail: { tool, detail } });

const kindGate: Stage = ({ intent: { body } }) => {
  const meant = TOOL_OF_KIND[body.kind];
  if (meant === undefined) return mismatch(body.target, `intents of kind '${body.kind}' are not executed; expected act, memory_promote or delegate`);
  return meant === null || meant === body.target ? null : mismatch(body.target, `an intent of kind '${body.kind}' is for the tool '${meant}'`);
};
const signature: Stage = ({ writ, isSigned }) => (isSigned(writ) ? null : voided('writ signature does not verify'));
const revocation: Stage = ({ writ, revoked }) => {
  if (revoked.includes(writ.id)) return voided(`writ ${writ.id} is revoked`);
  return revoked.length > 0 ? voided(`writ ${revoked[0]}, from which this one descends, is revoked`) : null;
};
const timeWindow: Stage = ({ writ, now }) => {
  const { not_before, expires_at } = writ.body.time_window;
  if (now < not_before) return voided(`writ is not valid before ${not_before}`);
  return now >= expires_at ? voided(`writ expired at ${expires_at}`) : null;
};
const scope: Stage = ({ intent, writ }) =>
  coveredBy(scopeNames(writ.body.tool_scopes), toolOf(intent.body)) ? null : voided(`writ does not authorize tool '${toolOf(intent.body)}'`);
const known: Stage = ({ intent, tool }) => {
  const name = toolOf(intent.body);
  return tool?.definition.name === name ? null : { kind: 'unknown_tool', detail: name };
};
const ceiling: Stage = ({ writ, tool }) => {
  if (!tool || grants(writ.body.effect_ceiling, tool.definition.effect_class)) return null;
  const { name, effect_class: effect } = tool.definition;
  return voided(`writ effect ceiling does not grant ${effect.charAt(0).toUpperCase()}${effect.slice(1)} effect required by tool '${name}'`);
};
const budget: Stage = ({ writ, tool, used }) => {
  if (!tool) return null;
  const estimate = estimateOf(tool.definition);
  if (exceeded(writ.body.budget, used, estimate).length === 0) return null;
  return { kind: 'budget_exhausted', detail: `tool '${tool.definition.name}': ${shortage(writ.body.budget, used, estimate)}` };
};
const argumentsFit: Stage = ({ intent, tool }) => {
  const problem = tool?.misfit(intent.body.args) ?? null;
  return problem !== null ? mismatch(toolOf(intent.body), problem) : null;
};
/** A delegated run gets a strict part of the writ: one step less deep, and no tool that the writ has not. */
const delegation: Stage = ({ intent, writ }) => {
  if (toolOf(intent.body) !== 'delegate') return null;
  const { max_depth, may_subdivide } = writ.body.delegation;
  if (max_depth < 1 || !may_subdivide) return voided('writ does not allow to delegate any deeper');
  const asked = (intent.body.args as { readonly tool_scopes?: unknown } | null)?.tool_scopes;
  const beyond = Array.isArray(asked) ? asked.find((one) => typeof one !== 'string' || !coveredBy(scopeNames(writ.body.tool_scopes), one)) : undefined;
  return beyond === undefined ? null : voided(`writ does not authorize to delegate the tool scope '${String(beyond)}'`);
};
const precondition: Stage = ({ intent, tool, world }) => {
  const detail = tool?.precondition?.(intent.body.args, world) ?? null;
  return detail === null ? null : { kind: 'precondition_failed', detail };
};

/** People approved what a run under this writ intended, and nothing else. */
const approvedProposal: Stage = ({ intent, writ, approval }) => {
  const body = approval?.proposal.body;
  return !body || (body.intent_id === intent.id && body.writ_id === writ.id) ? null : voided('the approved proposal is of another intent or writ');
};

/** 1, 2, 2b, 3, 4, 5, 5b, 6, 7 with what §4.8 adds for delegations, 8. */
const STAGES: readonly Stage[] = [
  kindGate,
  approvedProposal,
  signature,
  revocation,
  timeWindow,
  scope,
  known,
  ceiling,
  budget,
  argumentsFit,
  delegation,
  precondition,
];

function proposalOf({ intent, writ, shownArgs }: CompileRequest, policy_trace: PolicyTrace, status: Proposal['body']['status']): Proposal {
  const body = { intent_id: intent.id, writ_id: writ.id, plan: { tool: toolOf(intent.body), args: shownArgs }, policy_trace, status };
  return { id: proposalId(body), body };
}

const rejected = (request: CompileRequest, trace: PolicyTrace, reason: RejectionReason): Compiled => ({
  outcome: 'rejected',
  proposal: proposalOf(request, trace, { kind: 'rejected', reason }),
  reason,
});

const suspended = (request: CompileRequest, trace: PolicyTrace, { channel, reason, approvals }: Asking): Compiled => ({
  outcome: 'suspended',
  proposal: proposalOf(request, trace, { kind: 'suspended', channel, reason }),
  ...{ channel, reason, approvals },
});
