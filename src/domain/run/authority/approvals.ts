/**
 * What waits for people (digest §4.7): an ask has an id that is made from what it is about, several different people may have to agree, one denial denies, and whoever answers a
 * second time is shown what was answered. Pure, and plain JSON.
 */
import { Fault } from '../../../errors/fault';

export interface Verdict {
  readonly approved: boolean;
  readonly approver: string;
  readonly comment: string | null;
  readonly at: string;
}

export interface Ask {
  readonly proposalId: string;
  readonly channel: string;
  readonly reason: string;
  /** Different people who must approve. */
  readonly quorum: number;
  /** In the order in which they came; of one person the first counts. */
  readonly verdicts: readonly Verdict[];
}

/** The same proposal asks once on a channel, however often it comes to that: a retry adopts the ask that is there. */
export const askId = ({ proposalId, channel }: Pick<Ask, 'proposalId' | 'channel'>): string => `${proposalId}/${channel}`;

export const denied = ({ verdicts }: Ask): boolean => verdicts.some(({ approved }) => !approved);
/** Approvals that are still missing; 0 once it is settled, either way. */
export const missing = (ask: Ask): number => (denied(ask) ? 0 : Math.max(0, ask.quorum - ask.verdicts.length));
export const settled = (ask: Ask): boolean => missing(ask) === 0;
/** Null while it waits. */
export const outcomeOf = (ask: Ask): 'approved' | 'denied' | null => (denied(ask) ? 'denied' : settled(ask) ? 'approved' : null);

export interface Answer {
  readonly channel: string;
  /** Bare hex; null: what waits on the channel. */
  readonly proposalId: string | null;
}

/**
 * The ask that an answer is about, among those of a run, oldest first: the one that waits on the channel, or, when nothing waits there, the newest that was settled. Fault
 * `run.no_pending_approval` (not_found).
 */
export function askFor(asks: readonly Ask[], { channel, proposalId }: Answer): Ask {
  const meant = asks.filter((ask) => ask.channel === channel && (proposalId === null || ask.proposalId === proposalId));
  const found = meant.find((ask) => !settled(ask)) ?? meant.at(-1);
  if (found) return found;
  throw new Fault('not_found', 'run.no_pending_approval', 'no pending approval for this run/channel', {
    channel,
    ...(proposalId && { proposal_id: proposalId }),
  });
}

export interface Answered {
  readonly ask: Ask;
  /** The verdict that counts: this one, or the first where this one changes nothing. */
  readonly verdict: Verdict;
  /** True when the person had answered before, or the matter was settled: nothing changed. */
  readonly repeated: boolean;
}

export function answer(ask: Ask, verdict: Verdict): Answered {
  const before = ask.verdicts.find(({ approver }) => approver === verdict.approver) ?? (settled(ask) ? decisive(ask) : undefined);
  if (before) return { ask, verdict: before, repeated: true };
  return { ask: { ...ask, verdicts: [...ask.verdicts, verdict] }, verdict, repeated: false };
}

/** The verdict that settled it. */
const decisive = ({ verdicts }: Ask): Verdict | undefined => verdicts.find(({ approved }) => !approved) ?? verdicts.at(-1);
