/** One call of a tool, with signs of life for Temporal and an end that always comes. */
import { Context } from '@temporalio/activity';
import type { Tool, ToolContext, ToolOutcome } from '../../src/contracts/run/ports';
import { Fault, faultFrom } from '../../src/errors/fault';

/** How often Temporal hears that the tool is at work, and the tool whether it is still wanted. */
const BEAT_MS = 500;

export type Performed =
  | { readonly state: 'done'; readonly outcome: ToolOutcome; readonly latencyMs: number }
  | { readonly state: 'failed'; readonly outcome: 'failed' | 'unknown'; readonly error: string; readonly latencyMs: number }
  /** The worker stops, and the tool may be called again. */
  | { readonly state: 'again' };

export interface Performing {
  readonly context: Omit<ToolContext, 'signal'>;
  /** Wall clock that the budget has left. */
  readonly budgetLeftMs: number;
  /** Why nothing is begun any more: only for a tool that finds out what an earlier try did. */
  readonly over?: string;
}

const OUT_OF_TIME = new Fault('deadline', 'run.wall_clock', 'the wall clock of the budget is used up', {});

/** The longest time that a timer can wait. */
const TIMER_MAX_MS = 2_147_483_647;

export async function performTool(tool: Tool, args: Parameters<Tool['perform']>[0], { context, budgetLeftMs, over }: Performing): Promise<Performed> {
  const { cancellationSignal, heartbeat } = Context.current();
  const late = new AbortController();
  if (over !== undefined) late.abort(new Fault('conflict', 'tool.cut_off', over, {}));
  const timer = setTimeout(() => late.abort(OUT_OF_TIME), Math.min(TIMER_MAX_MS, budgetLeftMs));
  const beat = setInterval(() => heartbeat(), BEAT_MS);
  const began = performance.now();
  const latency = () => Math.round(performance.now() - began);
  try {
    const outcome = await tool.perform(args, { ...context, signal: AbortSignal.any([cancellationSignal, late.signal]) });
    return { state: 'done', outcome, latencyMs: latency() };
  } catch (thrown) {
    const { idempotent } = tool.definition;
    // A worker that shuts down is nobody who cancels.
    const stopping = cancellationSignal.aborted && messageOf(cancellationSignal.reason) === 'WORKER_SHUTDOWN';
    if (stopping && (idempotent || tool.verifies)) return { state: 'again' };
    const why = stopping ? 'the worker stopped while it was at work' : cancellationSignal.aborted ? 'the run was cancelled while it was at work' : null;
    const cut = why ?? (late.signal.aborted ? messageOf(late.signal.reason) : null);
    const fault = faultFrom(thrown);
    const unbegun = fault.facts['begun'] === false;
    return {
      state: 'failed',
      // Some tools know it themselves: a call that went out and was never answered.
      outcome: (cut !== null || fault.facts['unknown'] === true) && !idempotent && !unbegun ? 'unknown' : 'failed',
      error: cut ?? (fault.code === 'internal' ? messageOf(thrown) : fault.message),
      latencyMs: latency(),
    };
  } finally {
    clearTimeout(timer);
    clearInterval(beat);
  }
}

const messageOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown));
