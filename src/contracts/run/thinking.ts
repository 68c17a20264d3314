/** What thinking in a run asks of the world beside its model: the intents of the past, and somewhere to say what is being said. */
import type { Intent } from './protocol';
import type { CognitionDelta, ThinkingRequest, ToolStream } from './ports';

/** An intent as it was made, for {@link Intents.keep}. */
export interface MadeIntent {
  readonly intent: Intent;
  readonly callId: string;
  readonly step: number;
}

/** The intents of runs, by the ids under which ledgers speak of them. */
export interface Intents {
  /** Keeps them; the second time is a no-op. Returns the blob of each, in their order. */
  keep(tenant: string, runId: string, made: readonly MadeIntent[]): Promise<readonly string[]>;
  /** What an intent became, by the run, so that it goes when the run is erased. Returns its blob. */
  keepProposal(tenant: string, runId: string, proposal: string): Promise<string>;
  /** Those of the given ids that are known; at most 10,000. */
  find(tenant: string, ids: readonly string[]): Promise<ThinkingRequest['intents']>;
}

/** What goes to `/runs/:id/stream`. */
export type StreamDelta =
  | CognitionDelta
  | { readonly type: 'turn_complete'; readonly intents_count: number; readonly final_answer: string | null }
  | { readonly type: 'error'; readonly message: string };

/** A frame of a run: consecutive deltas of one turn. `n` counts its frames from 1. */
export interface DeltaFrame {
  readonly type: 'cognition';
  /** Attempt and step, and which call of the model: `0.3`, `0.3-1`. */
  readonly turn: string;
  readonly n: number;
  readonly deltas: readonly StreamDelta[];
}

/** A frame of a run: what the program of a tool has written since the one before. Live only, never kept. */
export interface ToolOutputFrame {
  readonly type: 'tool_output';
  readonly intentId: string;
  readonly tool: string;
  readonly stream: ToolStream;
  readonly text: string;
  /** Characters that were left out after this text, because they came faster than they are told. */
  readonly omitted: number;
}

/** What was said in a run of late, for those who come in the middle of it. Rows stand before their frames go, so who subscribes first and reads then misses nothing. */
export interface Deltas {
  /** Fails never for good: who comes late sees less. */
  append(actor: string, frame: DeltaFrame): Promise<void>;
  /** The newest frames, oldest first; at most FRAMES_MAX. */
  read(actor: string): Promise<readonly DeltaFrame[]>;
  /** What was said longer ago. Returns how many rows. */
  forget(olderThanMs: number): Promise<number>;
}

/** Frames of one turn that are kept for late comers; later ones are live only. */
export const FRAMES_MAX = 5_000;
