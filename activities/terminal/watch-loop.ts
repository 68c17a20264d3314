/** Looks at a session until something happens that its thread must decide about. The decisions are in ./watch-decision.ts. */
import { watch as watchFile } from 'node:fs';
import { Fault } from '../../src/errors/fault';
import type { WatchOutcome, WatchSessionInput } from '../../src/contracts/managed-thread/terminal';
import type { FollowEvent, Ptyd, Snapshot } from '../../src/ptyd/protocol';
import type { Adapter, Reading, SessionView } from '../agents/adapter';
import { LiveOutput, type TerminalFrame } from './live-output';
import { RecordsReader } from './records';
import { boundedAsk, lastOf, screensDiffer } from './screen-text';
import type { SentFact, SessionFiles, WatchMemory } from './session-files';
import { FactTeller, newFacts } from './told-facts';
import { stepWatch, type Verdict } from './watch-decision';

export interface WatchDeps {
  readonly ptyd: Ptyd;
  readonly adapter: Adapter;
  readonly files: SessionFiles;
  redact(text: string): string;
  /** Tells the thread a fact; repeats of a request id are dropped there. */
  observe(fact: SentFact): Promise<void>;
  frame(frame: TerminalFrame): void;
}

export type WatchRequest = Pick<WatchSessionInput, 'sessionId' | 'turnId' | 'purpose' | 'askOrdinal' | 'currentAsk'> & {
  /** Names this watch through all its attempts. */
  readonly key: string;
};

export interface WatchControl {
  readonly signal: AbortSignal;
  heartbeat(detail: unknown): void;
}

/** Output is looked at this often at most. */
const COALESCE_MS = 25;
/** Without any event the session is looked at this often, for records that came without output. */
const LOOK_MS = 250;
const HEARTBEAT_MS = 500;
/** How long ptyd may be out of reach before the attempt fails (and is retried). */
const UNREACHABLE_MS = 15_000;

/** Wakes the loop: by events, and after a time. */
class Waker {
  private awake = false;
  private ring: () => void = () => undefined;

  wake = (): void => {
    this.awake = true;
    this.ring();
  };

  async wait(ms: number): Promise<void> {
    if (!this.awake) {
      await new Promise<void>((settle) => {
        const timer = setTimeout(settle, ms);
        this.ring = () => {
          clearTimeout(timer);
          settle();
        };
      });
    }
    this.awake = false;
  }
}

const sleep = (ms: number): Promise<void> => new Promise((settle) => setTimeout(settle, ms));

/** A follow that is made again when the connection broke. */
class Following {
  private stop: (() => void) | null = null;

  constructor(
    private readonly ptyd: Ptyd,
    private readonly sessionId: string,
    private readonly on: (event: FollowEvent) => void,
  ) {}

  async ensure(): Promise<void> {
    this.stop ??= await this.ptyd.follow(this.sessionId, (event) => {
      if (event.type === 'lost') this.stop = null;
      this.on(event);
    });
  }

  end(): void {
    this.stop?.();
  }
}

const isFault = (error: unknown, code: string): boolean => error instanceof Fault && error.code === code;

/** The session's screen, or null when ptyd has no such session. Rides out a ptyd that is being started again. */
async function look(following: Following, { ptyd }: WatchDeps, { sessionId }: WatchRequest, { signal }: WatchControl): Promise<Snapshot | null> {
  for (const by = Date.now() + UNREACHABLE_MS; ;) {
    signal.throwIfAborted();
    try {
      await following.ensure();
      return await ptyd.screen(sessionId);
    } catch (error) {
      if (isFault(error, 'ptyd.no_session')) return null;
      if (!isFault(error, 'ptyd.unreachable') || Date.now() > by) throw error;
      await sleep(200);
    }
  }
}

/**
 * Watches until the CLI is ready, blocked or gone. An abort ends the watch (it throws the signal's reason) and leaves the session alone. An
 * attempt that is made again with the same key goes on where the last one stopped, and gives what that one would have given.
 */
export async function watchSession(deps: WatchDeps, request: WatchRequest, control: WatchControl): Promise<WatchOutcome> {
  const waker = new Waker();
  const live = new LiveOutput(deps.frame, deps.redact);
  const following = new Following(deps.ptyd, request.sessionId, (event) => {
    if (event.type === 'data') live.add(event.data, event.offset);
    if (event.type === 'gap') live.gap();
    waker.wake();
  });
  const beat = setInterval(() => control.heartbeat({ turnId: request.turnId, at: Date.now() }), HEARTBEAT_MS);
  control.signal.addEventListener('abort', waker.wake);
  let files: { close(): void } | null = null;
  live.hold();
  try {
    const first = await look(following, deps, request, control);
    if (!first) return lost();
    files = wakeOnRecords(deps.files.recordsFile, waker.wake);
    const watch = new Watch(deps, request, first, () => live.offsetShown);
    live.begin(await earlier(deps, request, watch.showFrom, first.offset));
    return await watch.run(waker, async () => look(following, deps, request, control));
  } finally {
    clearInterval(beat);
    control.signal.removeEventListener('abort', waker.wake);
    files?.close();
    following.end();
    live.close();
  }
}

/** What was printed since the last watch: nobody looked on between the typing of an input and this watch. Without an offset, nothing. */
async function earlier({ ptyd }: WatchDeps, { sessionId }: WatchRequest, from: number | null, now: number) {
  try {
    if (from !== null) return await ptyd.output(sessionId, from);
  } catch {
    // Frames are for looking on: without them the watch goes on all the same.
  }
  return { data: '', offset: now, complete: from === null };
}

const lost = (): WatchOutcome => ({ kind: 'lost', reason: 'The terminal daemon has no such session: it was killed, or the host was restarted.' });

/** Hooks write without printing; where the platform tells of changes the loop need not wait for its next look. */
function wakeOnRecords(file: string, wake: () => void): { close(): void } | null {
  try {
    const watcher = watchFile(file, { persistent: false }, wake);
    watcher.on('error', () => watcher.close());
    return watcher;
  } catch {
    return null;
  }
}

class Watch {
  private readonly records: RecordsReader;
  private readonly facts: FactTeller;
  private memory: WatchMemory;
  /** Where live output goes on; null for an attempt that is made again: the last one showed some of it. */
  readonly showFrom: number | null;

  constructor(
    private readonly deps: WatchDeps,
    private readonly request: WatchRequest,
    private snapshot: Snapshot,
    private readonly shownTo: () => number,
  ) {
    this.records = new RecordsReader(deps.files.recordsFile);
    this.facts = new FactTeller((fact) => deps.observe(fact));
    const { key, turnId } = request;
    const now = () => ({ id: `watch/${key}`, screen: snapshot.screen, recordsBytes: deps.files.recordsBytes() });
    const startedAt = Date.now();
    this.memory = deps.files.openWatch({ key, turnId, startedAt }, now);
    this.showFrom = this.memory.startedAt === startedAt ? (this.memory.shownTo ?? 0) : null;
    if (this.memory.last) this.facts.add([this.memory.last]);
  }

  async run(waker: Waker, next: () => Promise<Snapshot | null>): Promise<WatchOutcome> {
    for (;;) {
      const lookedAt = Date.now();
      const { outcome, againInMs } = this.judge();
      await this.facts.settled(outcome !== null);
      if (outcome) {
        this.deps.files.keepWatch({ ...this.memory, over: true, shownTo: this.shownTo() });
        this.deps.files.dropBaseline();
        return outcome;
      }
      await waker.wait(Math.min(againInMs ?? LOOK_MS, LOOK_MS));
      await sleep(Math.max(0, lookedAt + COALESCE_MS - Date.now()));
      const snapshot = await next();
      if (!snapshot) return lost();
      this.snapshot = snapshot;
    }
  }

  private view(): SessionView {
    this.records.read();
    const { baseline, startedAt } = this.memory;
    const { records, before } = this.records.since(baseline.recordsBytes);
    const { screen, quietMs } = this.snapshot;
    return { screen, records, recordsBefore: before, before: baseline.screen, quietMs, sinceMs: Date.now() - startedAt, purpose: this.request.purpose };
  }

  private judge(): { outcome: WatchOutcome | null; againInMs: number | null } {
    const { adapter, redact } = this.deps;
    const view = this.view();
    const reading = adapter.read(view);
    const { memory, facts } = newFacts(this.request, this.memory, reading, redact);
    const sample = { at: view.sinceMs, reading, changed: screensDiffer(view.before, view.screen) };
    const step = stepWatch(memory.state, sample, { purpose: this.request.purpose, settleMs: adapter.settleMs, currentAsk: this.request.currentAsk });
    this.keep({ ...memory, state: step.state }, facts.length > 0);
    this.facts.add(facts);
    const { exit } = this.snapshot;
    // Ended on request, and the thread did not ask (it would not watch any more): the terminals were shut down, the agent's work was not over.
    if (exit?.asked) return { outcome: { kind: 'lost', reason: 'The terminals of the host were shut down.' }, againInMs: null };
    if (exit) return { outcome: { kind: 'exited', exitCode: exit.exitCode, signal: exit.signal, output: this.said(reading, view) }, againInMs: null };
    return { outcome: step.verdict && this.outcome(step.verdict, reading, view), againInMs: step.againInMs };
  }

  /** Written down only when something changed that a retry could not see again; a candidate's time is not that. */
  private keep(memory: WatchMemory, told: boolean): void {
    const { state } = this.memory;
    const { state: next } = memory;
    const changed =
      told ||
      next.worked !== state.worked ||
      next.hadEffect !== state.hadEffect ||
      next.leftAsk !== state.leftAsk ||
      next.conversationId !== state.conversationId;
    this.memory = memory;
    if (changed) this.deps.files.keepWatch({ ...memory, state: { ...next, candidate: null } });
  }

  private said(reading: Reading, view: SessionView): string {
    return lastOf(this.deps.redact(reading.message ?? this.deps.adapter.output(view)));
  }

  private outcome(verdict: Verdict, reading: Reading, view: SessionView): WatchOutcome {
    const { conversationId } = this.memory.state;
    if (verdict.kind === 'ready')
      return { kind: 'ready', worked: verdict.worked, output: this.said(reading, view), confidence: reading.confidence ?? null, conversationId };
    const { turnId, askOrdinal, currentAsk } = this.request;
    if (verdict.same && currentAsk) return { kind: 'blocked', ask: currentAsk, conversationId };
    return { kind: 'blocked', ask: { id: `${turnId}/ask-${askOrdinal}`, ...boundedAsk(verdict.ask, this.deps.redact) }, conversationId };
  }
}
