/**
 * When a watch is over: pure decisions from one reading of the screen after the other. The loop that takes the readings is ./watch-loop.ts.
 *
 * Screens flicker while they are drawn, so a reading that no structured source made certain must stand for the adapter's settle time. And a
 * prompt that was there before the input was typed proves nothing: a turn is over only after something showed that the input was taken, or
 * after a bounded time in which nothing did.
 */
import type { Adapter, Reading, SeenAsk } from '../agents/adapter';
import type { Ask } from '../../src/contracts/managed-thread/ask';

/** How long an input may have no effect before the prompt that was there before counts again, beyond the settle time. */
export const EFFECT_WAIT_MS = {
  /** After a message. */
  turn: 3_000,
  /** After a message, when the adapter would know of work and knows of none. */
  surelyNone: 8_000,
  /** After a key or raw input, which often changes nothing. */
  follow: 400,
  /** The ask that was there before, after an answer or a key. */
  ask: 3_000,
} as const;

export interface WatchRules {
  readonly purpose: 'start' | 'turn' | 'follow';
  readonly settleMs: Adapter['settleMs'];
  readonly currentAsk: Ask | null;
}

export interface Sample {
  /** Milliseconds since the watch began. */
  readonly at: number;
  readonly reading: Reading;
  /** Whether the screen differs from the one before the input. */
  readonly changed: boolean;
}

/** Plain JSON: kept beside the session, so that a retried watch goes on from it. */
export interface WatchState {
  /** Something showed that the input was taken. */
  readonly hadEffect: boolean;
  /** The CLI did work. */
  readonly worked: boolean;
  /** The ask that was there before is gone; one that looks the same is a new one. */
  readonly leftAsk: boolean;
  readonly conversationId: string | null;
  /** What might end the watch, and since when it stands. */
  readonly candidate: { readonly key: string; readonly since: number } | null;
}

export type Verdict =
  | { readonly kind: 'ready'; readonly worked: boolean }
  /** `same`: it is the ask that was there before. */
  | { readonly kind: 'blocked'; readonly ask: SeenAsk; readonly same: boolean };

export interface Step {
  readonly state: WatchState;
  readonly verdict: Verdict | null;
  /** When to look again even if nothing happens, in ms; null when only an event can change anything. */
  readonly againInMs: number | null;
}

export const openWatch = (): WatchState => ({ hadEffect: false, worked: false, leftAsk: false, conversationId: null, candidate: null });

/** What makes two asks the same one. */
export const askKey = ({ kind, text, options, action, url, code }: SeenAsk): string =>
  JSON.stringify([kind, text, options.map(({ option, label }) => [option, label]), action?.category, action?.command, action?.path, url, code]);

/** The next state after a sample, and the verdict once there is one. */
export function stepWatch(before: WatchState, { at, reading, changed }: Sample, rules: WatchRules): Step {
  const seen: WatchState = {
    ...before,
    hadEffect:
      before.hadEffect || (changed && reading.worked !== false) || reading.worked === true || reading.phase === 'working' || reading.phase === 'starting',
    worked: before.worked || reading.worked === true || reading.phase === 'working',
    leftAsk: before.leftAsk || reading.worked === true || reading.phase !== 'blocked',
    conversationId: reading.conversationId ?? before.conversationId,
  };
  if (reading.phase === 'blocked' && reading.ask) return blocked(seen, at, reading, reading.ask, rules);
  if (reading.phase === 'ready') return ready(seen, at, reading, rules, changed);
  return { state: { ...seen, candidate: null }, verdict: null, againInMs: null };
}

/** The candidate's next state, and how long it must still stand. */
function stand(state: WatchState, at: number, key: string, standMs: number): { state: WatchState; leftMs: number } {
  const candidate = state.candidate?.key === key ? state.candidate : { key, since: at };
  return { state: { ...state, candidate }, leftMs: candidate.since + standMs - at };
}

function ready(seen: WatchState, at: number, reading: Reading, { purpose, settleMs }: WatchRules, changed: boolean): Step {
  const stood = stand(seen, at, 'ready', reading.certain ? 0 : settleMs.ready);
  const wait =
    purpose === 'start' || seen.hadEffect
      ? 0
      : purpose === 'follow'
        ? EFFECT_WAIT_MS.follow
        : reading.worked === false
          ? EFFECT_WAIT_MS.surelyNone
          : EFFECT_WAIT_MS.turn;
  const effectLeftMs = wait > 0 ? settleMs.ready + wait - at : 0;
  const leftMs = Math.max(stood.leftMs, effectLeftMs);
  if (leftMs > 0) return { state: stood.state, verdict: null, againInMs: leftMs };
  const worked = purpose === 'start' ? false : seen.worked || (purpose === 'turn' && changed && reading.worked !== false);
  return { state: stood.state, verdict: { kind: 'ready', worked }, againInMs: null };
}

function blocked(seen: WatchState, at: number, reading: Reading, ask: SeenAsk, { settleMs, currentAsk }: WatchRules): Step {
  const key = askKey(ask);
  const same = currentAsk !== null && !seen.leftAsk && askKey(currentAsk) === key;
  const state = same ? seen : { ...seen, hadEffect: true, leftAsk: true };
  const stood = stand(state, at, key, reading.certain ? 0 : settleMs.blocked);
  const leftMs = Math.max(stood.leftMs, same ? settleMs.blocked + EFFECT_WAIT_MS.ask - at : 0);
  if (leftMs > 0) return { state: stood.state, verdict: null, againInMs: leftMs };
  return { state: stood.state, verdict: { kind: 'blocked', ask, same }, againInMs: null };
}
