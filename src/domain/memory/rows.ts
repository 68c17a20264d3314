/**
 * What a thread's events leave behind as memory. The store calls {@link memoryRows} in the transaction that commits the events, so
 * memory and journal cannot disagree. Ids derive from the event's place in the journal: recorded twice, a row is the same row.
 *
 * docs/memory.md has these rules as a table.
 */
import type { RecordedEvent } from '../../contracts/actor';
import type { Completion, ThreadEvent } from '../../contracts/managed-thread/events';
import { threadAddress } from '../../contracts/managed-thread/commands';
import type { ThreadSpec } from '../../contracts/managed-thread/spawn';
import { decisionFingerprint, experienceFingerprint } from './fingerprint';
import { artifactsSentence, clip, MEMORY_LIMITS, type AutomaticCategory, type Decision, type Experience, type Outcome } from './records';

/** The newest rows of this thread, against which repetitions are recognised. */
export interface LatestMemory {
  /** The newest decision of each automatic category; absent or null where there is none. */
  readonly decisions: Readonly<Partial<Record<AutomaticCategory, Pick<Decision, 'summary'> | null>>>;
  readonly experience: Pick<Experience, 'outcome' | 'summary' | 'details'> | null;
  /** Turns that the thread had completed before these events, and what the last of them said. */
  readonly turns: number;
  readonly lastTurn: Completion | null;
}

export const NOTHING_YET: LatestMemory = { decisions: {}, experience: null, turns: 0, lastTurn: null };

/** The part of a spec that memory is made from. */
export type Remembered = Pick<ThreadSpec, 'tenant' | 'id' | 'executionId' | 'agentType' | 'role' | 'objective' | 'workspace' | 'policy'>;

export interface MemoryRows {
  readonly decisions: readonly Decision[];
  readonly experiences: readonly Experience[];
}

/** Objective characters inside an experience's text; the row's own `objective` has more. */
const OBJECTIVE_IN_TEXT = 300;
const SPOKEN: Readonly<Record<Outcome, string>> = { successful: 'Succeeded', partial: 'Partially succeeded', failed: 'Failed' };

/** The decisions and experiences that `events` (consecutive, of one thread) add to what is there. */
export function memoryRows(spec: Remembered, events: readonly RecordedEvent[], latest: LatestMemory): MemoryRows {
  const address = threadAddress(spec.tenant, spec.id);
  const decisions: Decision[] = [];
  const experiences: Experience[] = [];
  const known: Partial<Record<AutomaticCategory, string>> = {};
  for (const [category, row] of Object.entries(latest.decisions)) if (row) known[category as AutomaticCategory] = decisionFingerprint(row.summary);
  let newest = latest.experience === null ? null : { outcome: latest.experience.outcome, fingerprint: fingerprintOf(latest.experience) };
  let { turns, lastTurn } = latest;

  for (const event of events) {
    const thread = event as RecordedEvent & ThreadEvent;
    const place = { executionId: spec.executionId, threadId: spec.id, createdAt: event.at };
    const decided = decisionOf(spec, thread);
    if (decided !== null && known[decided.category] !== decisionFingerprint(decided.summary)) {
      known[decided.category] = decisionFingerprint(decided.summary);
      decisions.push({ id: `${address}/${event.seq}/${decided.category}`, ...place, ...decided });
    }
    const lived = experienceOf(thread, turns, lastTurn);
    if (lived !== null) {
      const fingerprint = experienceFingerprint(lived.completion.summary);
      if (newest === null || newest.outcome !== lived.outcome || newest.fingerprint !== fingerprint) {
        newest = { outcome: lived.outcome, fingerprint };
        experiences.push({ id: `${address}/${event.seq}/experience`, ...place, ...experienceRow(spec, lived, fingerprint) });
      }
    }
    if (thread.type === 'thread_turn_complete') {
      turns += 1;
      lastTurn = thread.data.completion;
    }
  }
  return { decisions, experiences };
}

interface Decided {
  readonly category: AutomaticCategory;
  readonly summary: string;
  readonly details: Readonly<Record<string, unknown>>;
}

function decisionOf(spec: Remembered, event: ThreadEvent): Decided | null {
  const made = (category: AutomaticCategory, text: string, status: string, completion: Completion | null): Decided | null => {
    const summary = clip(text, MEMORY_LIMITS.summary);
    if (summary === '') return null;
    const details = { role: spec.role, agentType: spec.agentType, status, completionState: completion?.state ?? null, artifacts: completion?.artifacts ?? [] };
    return { category, summary, details };
  };
  switch (event.type) {
    case 'thread_completed': {
      const { completion } = event.data;
      const text = completion.summary.trim() || `Completed: ${clip(spec.objective, OBJECTIVE_IN_TEXT)}`;
      return made('completion_outcome', `${text}${artifactsSentence(completion.artifacts)}`, 'completed', completion);
    }
    case 'thread_turn_complete':
      // With summarizeAfterTurns the summary event speaks for its turns; otherwise each turn speaks for itself.
      if (spec.policy.summarizeAfterTurns !== undefined || event.data.output.trim() === '') return null;
      return made('thread_summary', event.data.completion.summary, 'ready', event.data.completion);
    case 'thread_summary_updated':
      return spec.policy.summarizeAfterTurns === undefined ? null : made('thread_summary', event.data.summary, 'ready', null);
    case 'thread_failed': {
      const { error, completion } = event.data;
      return made('failure_recovery', clip(error, MEMORY_LIMITS.error) || completion.summary, 'failed', completion);
    }
    default:
      return null;
  }
}

interface Lived {
  readonly outcome: Outcome;
  readonly completion: Completion;
}

/** An event that says nothing (no output, no summary, no error) is no experience. */
function experienceOf(event: ThreadEvent, turns: number, lastTurn: Completion | null): Lived | null {
  switch (event.type) {
    case 'thread_turn_complete':
      return event.data.output.trim() === '' ? null : spoken('partial', event.data.completion);
    case 'thread_completed':
      return spoken(outcomeOf(event.data.completion), event.data.completion);
    case 'thread_failed':
      return spoken('failed', { ...event.data.completion, summary: clip(event.data.error, MEMORY_LIMITS.error) || event.data.completion.summary });
    case 'thread_stopped':
      return turns === 0 || lastTurn === null ? null : spoken('partial', lastTurn);
    default:
      return null;
  }
}

const spoken = (outcome: Outcome, completion: Completion): Lived | null => (completion.summary.trim() === '' ? null : { outcome, completion });

const outcomeOf = ({ state }: Completion): Outcome => (state === 'complete' ? 'successful' : state);

function experienceRow(
  spec: Remembered,
  { outcome, completion }: Lived,
  fingerprint: string,
): Omit<Experience, 'id' | 'executionId' | 'threadId' | 'createdAt'> {
  const summary = `${SPOKEN[outcome]} on objective: ${clip(spec.objective, OBJECTIVE_IN_TEXT)}. ${clip(completion.summary, 1_000)}${artifactsSentence(completion.artifacts)}`;
  return {
    role: spec.role,
    repo: spec.workspace?.repo ?? null,
    objective: clip(spec.objective, MEMORY_LIMITS.objective),
    summary: clip(summary, MEMORY_LIMITS.summary),
    outcome,
    details: {
      agentType: spec.agentType,
      branch: spec.workspace?.branch ?? null,
      workspaceId: spec.workspace?.workspaceId ?? null,
      completionState: completion.state,
      artifacts: completion.artifacts ?? [],
      // Of the bare summary: in the whole text a long objective would fill all 32 words, and every turn would look like the last.
      fingerprint,
    },
  };
}

const fingerprintOf = (row: Pick<Experience, 'summary' | 'details'>): string =>
  typeof row.details?.fingerprint === 'string' ? row.details.fingerprint : experienceFingerprint(row.summary);
