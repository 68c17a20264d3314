/**
 * The workflow of a managed thread as a model without time and without Temporal: it acts on `nextStep` as workflows/managed-thread/shell.ts does, on a host
 * that is as unkind as it is told to be. Commands may come between an act and what comes of it, as they do in life.
 */
import { isTerminal } from '../../src/contracts/managed-thread/status';
import { nextStep, type Step } from '../../src/domain/managed-thread/next-step';
import { failure, outcomeEvents, whenExited, whenLost } from '../../src/domain/managed-thread/outcomes';
import type { ThreadEvent } from '../../src/contracts/managed-thread/events';
import { faultFrom } from '../../src/errors/fault';
import type { Ask } from '../../src/contracts/managed-thread/ask';
import type { WatchOutcome } from '../../src/contracts/managed-thread/terminal';
import { ask, blocked, Journey, ready } from './thread-journey';

/** What the host does with the next call. `silent`: it is asked again later; `gone`: the thread moves. */
export type Luck = 'well' | 'silent' | 'gone' | 'lost' | 'unknown' | 'broken';
/** What a watch sees next; `later`: nothing yet, it looks on while other things are done. */
export type Sight = 'later' | 'ready' | 'unchanged' | 'ask' | 'same ask' | 'login' | 'exit' | 'crash' | 'lost';
export type Said = { readonly name: string; readonly input: unknown; readonly requestId: string };

export class ThreadModel extends Journey {
  /** Effects that reached a terminal, or may have. None may come twice. */
  readonly typed: string[] = [];
  /** What the watch in progress was told when it began. */
  private watching: { readonly askId: string; readonly known: Ask | null } | null = null;

  /** A command comes; refusals are part of life, faults of our own are not. */
  say({ name, input, requestId }: Said): void {
    if (this.log.some((event) => event.requestId === requestId)) return;
    try {
      this.command(name, input, { requestId });
    } catch (thrown) {
      if (faultFrom(thrown).kind === 'internal') throw thrown;
    }
  }

  /** The next act, with what the host makes of it; `during` comes while it is under way. */
  act(luck: Luck, sight: Sight, during: readonly Said[] = []): void {
    const step = nextStep(this.state);
    const say = (): void => during.forEach((it) => this.say(it));
    if (this.watching && sight !== 'later' && !['finish', 'end'].includes(step.do)) return this.conclude(luck, sight, say);
    if (luck === 'broken' && !['finish', 'end', 'turn', 'rest', 'watch'].includes(step.do)) {
      say();
      return this.tell(...failure('host.broken', 'It cannot be done.'));
    }
    switch (step.do) {
      case 'finish':
        return say();
      case 'turn':
        return this.begin(step.item);
      case 'watch':
        this.watch();
        return sight === 'later' ? say() : this.conclude(luck, sight, say);
      case 'rest':
        return this.rested(luck, sight, say);
      case 'end':
        say();
        return this.tell({ type: 'thread_stopped', data: { reason: 'r', force: false, exitCode: 0, signal: null } });
      case 'prepare':
        return this.prepare(luck, say);
      case 'open':
        return this.openSession(luck, say);
      case 'interrupt':
      case 'answer':
      case 'type':
      case 'retype':
        return this.type(step, luck, say);
    }
  }

  private tell(...events: ThreadEvent[]): void {
    if (!isTerminal(this.state.status)) this.record(events);
  }

  /** The call as callHost has it: silence first, then an answer or the news that the host is gone. False: it came to nothing. */
  private called(luck: Luck, during: () => void): boolean {
    if (luck === 'silent' || luck === 'gone') {
      if (this.state.status !== 'waiting') this.tell({ type: 'thread_status', data: { status: 'waiting', reason: 'host does not answer' } });
      during();
      if (this.state.stop) return false;
      if (luck === 'gone') {
        this.moveAway();
        return false;
      }
      const before = this.state.statusBeforeWaiting;
      if (this.state.status === 'waiting' && before) this.tell({ type: 'thread_status', data: { status: before } });
      return true;
    }
    during();
    return this.state.stop === null;
  }

  private moveAway(): void {
    this.watching = null;
    this.tell(...whenLost(this.state, 'the host is gone'));
    if (!isTerminal(this.state.status)) this.tell({ type: 'thread_status', data: { status: 'preparing', reason: 'moves to another host' } });
  }

  private prepare(luck: Luck, during: () => void): void {
    if (luck === 'lost') {
      if (this.state.status !== 'waiting') this.tell({ type: 'thread_status', data: { status: 'waiting', reason: 'no host is alive' } });
      return during();
    }
    this.tell({ type: 'thread_status', data: { status: 'preparing', hostId: 'host-a' } });
    if (this.called(luck, during)) this.tell({ type: 'thread_prepared', data: { workspace: { path: '/workspace' }, memoryContext: null, contextFiles: [] } });
  }

  private openSession(luck: Luck, during: () => void): void {
    if (this.state.status !== 'starting') this.tell({ type: 'thread_status', data: { status: 'starting' } });
    if (this.called(luck, during)) this.opened();
  }

  private begin(item: Extract<Step, { do: 'turn' }>['item']): void {
    this.turn(item, null);
  }

  private type(step: Extract<Step, { do: 'interrupt' | 'answer' | 'type' | 'retype' }>, luck: Luck, during: () => void): void {
    const given = step.do === 'answer' ? step.given : null;
    if (step.do === 'type' && this.state.status === 'ready')
      this.tell({ type: 'thread_turn_started', data: { turnId: `t-${this.log.length + 1}`, requestId: step.item.requestId, kind: 'input' } });
    const { turn } = this.state;
    const kind = step.do === 'retype' ? (turn?.kind === 'message' ? 'message' : 'objective') : step.do === 'type' ? 'raw' : step.do;
    const requestId = step.do === 'type' ? step.item.requestId : step.do === 'retype' ? (turn?.requestId ?? null) : null;
    const effectId = {
      objective: 'objective',
      message: `message-${requestId}`,
      raw: `raw-${requestId}`,
      answer: `answer-${given?.askId}@${given?.answeredAt}`,
      interrupt: `interrupt-${this.state.interrupt?.ordinal}`,
    }[kind];
    if (given && this.state.answeredAsk?.id !== given.askId)
      return this.tell({ type: 'thread_input', data: { kind, requestId, effectId: null, outcome: 'lost', preview: '', ...given } });
    if (!this.called(luck, during)) return;
    const outcome = luck === 'lost' ? 'lost' : luck === 'unknown' ? 'unknown' : 'done';
    if (outcome !== 'lost') this.typed.push(effectId);
    this.tell({ type: 'thread_input', data: { kind, requestId, effectId, outcome, preview: 'x', ...given } });
    if (outcome === 'lost') this.lose();
  }

  private lose(): void {
    this.watching = null;
    this.tell(...whenLost(this.state, 'the terminal is gone'));
  }

  private watch(): void {
    const { turn, session, ask: open, answeredAsk, askOrdinal } = this.state;
    this.watching ??= { askId: `${turn?.turnId ?? `${session?.sessionId}/start`}/ask-${askOrdinal}`, known: open ?? answeredAsk };
  }

  /** The watch comes back. What came meanwhile, an answer perhaps, it does not know of. */
  private conclude(luck: Luck, sight: Sight, during: () => void): void {
    const watching = this.watching;
    if (!watching || !this.called(luck, during)) return;
    this.watching = null;
    if (!this.state.session) return;
    const numbered = ask(watching.askId);
    const seen: Record<Exclude<Sight, 'later'>, WatchOutcome> = {
      ready: ready({ conversationId: 'c-1' }),
      unchanged: ready({ worked: false }),
      ask: blocked(numbered),
      'same ask': blocked(watching.known ?? numbered),
      login: blocked({ ...numbered, kind: 'login' }, 'c-2'),
      exit: { kind: 'exited', exitCode: 0, signal: null, output: 'bye' },
      crash: { kind: 'exited', exitCode: null, signal: 'SIGKILL', output: '' },
      lost: { kind: 'lost', reason: 'killed' },
    };
    this.tell(...outcomeEvents(this.state, seen[sight === 'later' ? 'ready' : sight], this.now));
  }

  /** While it rests: a report, another look after something was typed in the terminal, or an idle check. */
  private rested(luck: Luck, sight: Sight, during: () => void): void {
    if (!this.state.session) return during();
    if (this.state.status === 'blocked') {
      this.watch();
      return during();
    }
    if (sight === 'lost') return this.tell(...whenLost(this.state, 'reported'));
    if (sight === 'exit') return this.tell(...whenExited(this.state, { exitCode: 0, signal: null, output: '' }));
    if (sight === 'same ask') {
      this.tell({ type: 'thread_turn_started', data: { turnId: `t-${this.log.length + 1}`, requestId: null, kind: 'input' } });
      return this.tell({ type: 'thread_input', data: { kind: 'raw', requestId: null, effectId: null, outcome: 'done', preview: '3 bytes' } });
    }
    if (sight !== 'unchanged') return during();
    if (this.called(luck, during) && this.state.status === 'ready') this.tell({ type: 'thread_idle', data: { reason: 'idle_timeout', checks: 1 } });
  }
}
