/** What the models of runs say, over the store: what is kept of late, then what comes. */
import { endsRun } from '../contracts/run/events';
import { runAddress } from '../contracts/run/commands';
import type { DeltaFrame, StreamDelta } from '../contracts/run/thinking';
import { runHasEnded } from '../contracts/run/status';
import type { Store } from '../store/store';
import { merged } from '../domain/merged';

/** Characters of what a session shows of an answer under way: the end of it. */
const PARTIAL_MAX = 20_000;

/** What was said so far in the turn that is under way; null when none is. */
export function saidSoFar(frames: readonly DeltaFrame[]): string | null {
  const last = frames.at(-1);
  if (!last) return null;
  const deltas = frames.filter(({ turn }) => turn === last.turn).flatMap((frame) => frame.deltas);
  if (deltas.some(({ type }) => type === 'turn_complete' || type === 'error')) return null;
  return deltas
    .flatMap((delta) => (delta.type === 'token' ? [delta.text] : []))
    .join('')
    .slice(-PARTIAL_MAX);
}

type Told = { readonly kind: 'frame'; readonly frame: Readonly<Record<string, unknown>> } | { readonly kind: 'event'; readonly type: string };

async function* mapped<A, B>(source: AsyncIterable<A>, change: (value: A) => B): AsyncGenerator<B, void, void> {
  for await (const value of source) yield change(value);
}

/** What is kept, then what comes, each frame once, until the run has ended and everything that was said before is told. */
export async function* cognition(
  store: Store,
  { tenant, runId }: { tenant: string; runId: string },
  signal: AbortSignal,
): AsyncGenerator<StreamDelta, void, void> {
  const address = runAddress(tenant, runId);
  const over = new AbortController();
  const until = AbortSignal.any([signal, over.signal]);
  const seen = new Seen();
  const after = await store.lastSeq(address);
  // Frames are kept before they are sent: who subscribes before reading misses none.
  const told = merged<Told>([
    mapped(store.feed.subscribeActor(address, after, { signal: until }), ({ type }) => ({ kind: 'event' as const, type })),
    mapped(store.frameReader.subscribeFrames(address, { signal: until }), (frame) => ({ kind: 'frame' as const, frame: { ...frame } })),
  ]);
  try {
    yield* seen.fresh(await store.runDeltas.read(address));
    const row = await store.runs.get(tenant, runId);
    if (row && runHasEnded(row.status)) return;
    for await (const one of told) {
      if (one.kind === 'frame') {
        if (one.frame['type'] === 'cognition') yield* seen.fresh([one.frame as unknown as DeltaFrame]);
      } else if (endsRun(one.type)) {
        yield* seen.fresh(await store.runDeltas.read(address));
        return;
      }
    }
  } finally {
    over.abort();
    await told.return();
  }
}

/** Frames of a turn come in their order, so its last number says which are known; turns of late are remembered. */
class Seen {
  static readonly TURNS_MAX = 1_000;
  readonly #last = new Map<string, number>();

  *fresh(frames: readonly DeltaFrame[]): Generator<StreamDelta, void, void> {
    for (const { turn, n, deltas } of frames) {
      if (n <= (this.#last.get(turn) ?? 0)) continue;
      this.#last.delete(turn);
      this.#last.set(turn, n);
      if (this.#last.size > Seen.TURNS_MAX) this.#last.delete(this.#last.keys().next().value as string);
      yield* deltas;
    }
  }
}
