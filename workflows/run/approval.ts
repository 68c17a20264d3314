/** What waits for people: for as long as it takes, over restarts and deployments; no budget runs meanwhile. */
import type { CompileOutput, IntentRef } from '../../src/contracts/run/activities';
import type { RejectionReason } from '../../src/contracts/run/protocol';
import type { RunVerdict } from '../../src/contracts/run/start';
import { settled as isSettled } from '../../src/domain/run/authority/approvals';
import type { Place } from './intent';
import type { RunShell } from './shell';

type Suspended = Extract<CompileOutput, { readonly outcome: 'suspended' }>;

/** True when enough people have approved. Every verdict is in the ledger before anything follows from it. */
export async function askPeople(shell: RunShell, { tool, intentId }: IntentRef, asked: Suspended, { step, key }: Place): Promise<boolean> {
  const { proposalId, channel, reason, quorum, seq } = asked;
  const told = { step, tool, intentId, proposalId, channel };
  shell.record({ type: 'approval_requested', data: { ...told, reason, quorum, seq } });
  const verdicts = await settled(shell, { proposalId, channel, key });
  if (!verdicts) return false;
  const denial = verdicts.find(({ approved }) => !approved);
  const approvers = denial ? [denial.approver] : verdicts.map(({ approver }) => approver);
  shell.record({ type: 'approval_resolved', data: { ...told, approved: !denial, approvers } });
  if (!denial) return true;
  const why: RejectionReason = { kind: 'policy_denied', detail: `approval denied on channel '${channel}' by ${denial.approver}${said(denial)}` };
  const rejection = await shell.calls(`rejection of ${tool}`).appendEntry({
    run: shell.identity,
    requestId: `denied:${key}`,
    payload: { type: 'rejection', intent_id: intentId, reason: why },
  });
  shell.record({ type: 'proposal_rejected', data: { step, tool, intentId, proposalId, reason: why, seq: rejection.seq } });
  return false;
}

const said = ({ comment }: RunVerdict): string => (comment === null ? '' : `: ${comment}`);

interface Ask {
  readonly proposalId: string;
  readonly channel: string;
  readonly key: string;
}

/** The verdicts once they settle the matter; null when the run is cancelled meanwhile. */
async function settled(shell: RunShell, ask: Ask): Promise<readonly RunVerdict[] | null> {
  const { proposalId, channel } = ask;
  const { actor } = shell;
  const deadline = shell.start.approvalTimeoutMs;
  for (let kept = 0; ;) {
    const verdicts = (): readonly RunVerdict[] => actor.state.pending?.verdicts ?? [];
    const news = () => actor.state.cancel !== null || verdicts().length > kept;
    if (!(await actor.until(news, deadline ?? undefined, `approval on ${channel}`))) {
      const at = new Date(Date.now()).toISOString();
      shell.record({
        type: 'approval_answered',
        data: { proposalId, channel, approved: false, approver: 'everthread', comment: 'nobody answered in time', at, missing: 0 },
      });
    }
    for (const verdict of verdicts().slice(kept)) {
      await keep(shell, ask, verdict, ++kept);
    }
    if (actor.state.cancel) return null;
    const { pending } = actor.state;
    if (pending && pending.verdicts.length === kept && isSettled(pending)) return pending.verdicts;
  }
}

async function keep(shell: RunShell, ask: Ask, verdict: RunVerdict, n: number): Promise<void> {
  const { approved, approver, comment, at } = verdict;
  await shell.calls(`verdict of ${approver}`).appendEntry({
    run: shell.identity,
    requestId: `approval:${ask.key}:${n}`,
    payload: { type: 'approval', proposal_id: ask.proposalId, channel: ask.channel, approved, approver, comment, at },
  });
}
