/** One intent: compiled into a proposal, approved by people where it must be, executed, and told of. */
import type { CompileInput, CompileOutput, ExecuteInput, ExecuteOutput, IntentRef } from '../../src/contracts/run/activities';
import { EXHAUSTED, type End } from '../../src/domain/run/ends';
import { Fault } from '../../src/errors/fault';
import { askPeople } from './approval';
import { delegate } from './delegation';
import { tellOutcome } from './outcome';
import type { RunShell } from './shell';

export interface Place {
  readonly step: number;
  /** `<attempt>.<step>.<n>`. */
  readonly key: string;
}

type Staged = Extract<CompileOutput, { readonly outcome: 'staged' }>;

/** Rules that ask on channels of their own, one after the other, for one proposal. */
const CHANNELS_MAX = 16;

/** Null: the run goes on. */
export async function takeUp(shell: RunShell, intent: IntentRef, place: Place): Promise<End | null> {
  const { step } = place;
  const { tool, intentId, rationale } = intent;
  shell.record({ type: 'intent_declared', data: { step, tool, intentId, rationale } });
  const channels: string[] = [];
  let approval: CompileInput['approval'] = null;
  for (let asked = 0; asked <= CHANNELS_MAX; asked++) {
    const input: CompileInput = { ...callOf(shell, intent, place), approval };
    const compiled = await shell.calls(`compile ${tool}`).compileIntent(input);
    if (compiled.outcome === 'rejected') {
      const { proposalId, reason, seq } = compiled;
      shell.record({ type: 'proposal_rejected', data: { step, tool, intentId, proposalId, reason, seq } });
      return reason.kind === 'budget_exhausted' ? EXHAUSTED : null;
    }
    if (compiled.outcome === 'staged') {
      if (!approval) shell.record({ type: 'proposal_staged', data: { step, tool, intentId, proposalId: compiled.proposalId } });
      return shell.state.cancel ? null : perform(shell, intent, compiled, { input, place });
    }
    if (!(await askPeople(shell, intent, compiled, { step, key: `${place.key}.${asked}` })) || shell.state.cancel) return null;
    channels.push(compiled.channel);
    approval = { proposalRef: compiled.proposalRef, channels: [...channels] };
  }
  throw new Fault('exhausted', 'run.too_many_channels', `One proposal asks on at most ${CHANNELS_MAX} channels.`, { max: CHANNELS_MAX });
}

const callOf = ({ identity, start, state }: RunShell, { ref }: IntentRef, { key }: Place): Omit<CompileInput, 'approval'> => ({
  run: identity,
  ...{ writId: start.writId, key, intentRef: ref, routingRef: start.routed ? start.specRef : null, used: state.used },
});

interface Call {
  readonly input: CompileInput;
  readonly place: Place;
}

async function perform(shell: RunShell, intent: IntentRef, proposed: Staged, { input: compiled, place }: Call): Promise<End | null> {
  const { proposalId, proposalRef } = proposed;
  const input: ExecuteInput = { ...compiled, used: shell.state.used, proposalId, proposalRef };
  const told = { step: place.step, tool: intent.tool, intentId: intent.intentId, proposalId };
  if (proposed.delegates) return delegate(shell, input, told);
  shell.record({ type: 'execution_started', data: { ...told, key: place.key } });
  const done = await execute(shell, input, proposed.timeoutMs, intent.tool);
  return tellOutcome(shell, done, told);
}

/** The answer of the tool's activity. When it was interrupted without one, because its worker is gone too, another says what is known. */
async function execute(shell: RunShell, input: ExecuteInput, timeoutMs: number, tool: string): Promise<ExecuteOutput> {
  const done = await shell.interruptible(() => shell.toolCall(`tool-${input.key}`, tool, timeoutMs).executeProposal(input));
  return done ?? shell.toolCall(`tool-${input.key}-abandoned`, `${tool}, abandoned`, timeoutMs).executeProposal({ ...input, abandoned: true });
}
