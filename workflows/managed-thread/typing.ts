/** Everything that a thread types into its terminal, each piece once. */
import type { TerminalInput, TypedInput } from '../../src/contracts/managed-thread/terminal';
import { previewOf } from '../../src/domain/managed-thread/preview';
import type { GivenAnswer, QueuedInput } from '../../src/domain/managed-thread/state';
import { faultFrom } from '../../src/errors/fault';
import type { ThreadCalls } from './thread-calls';

export class Typing {
  /** Something was typed into a prompt outside a watch: the screen must be looked at again. */
  lookAgain = false;

  constructor(private readonly calls: ThreadCalls) {}

  beginTurn(item: QueuedInput | 'objective'): void {
    const turnId = this.nextTurnId();
    if (item === 'objective') this.calls.record({ type: 'thread_turn_started', data: { turnId, requestId: null, kind: 'objective' } });
    else this.calls.record({ type: 'thread_turn_started', data: { turnId, requestId: item.requestId, kind: 'message' } });
  }

  async typeTurn(): Promise<void> {
    const turn = this.calls.state.turn;
    if (!turn) return;
    const objective = turn.kind === 'objective';
    const queued = turn.queued?.input;
    const input: TerminalInput =
      queued && 'message' in queued ? { kind: 'message', message: queued.message } : { kind: 'objective', specRef: this.calls.state.start.specRef };
    const effectId = objective ? 'objective' : `message-${turn.requestId}`;
    const { outcome } = await this.type(effectId, input, objective ? 'type the objective' : 'type a message');
    const preview = queued ? previewOf(queued) : this.calls.state.start.objectivePreview;
    this.calls.record({ type: 'thread_input', data: { kind: objective ? 'objective' : 'message', requestId: turn.requestId, effectId, outcome, preview } });
    if (outcome === 'lost') this.calls.lost();
  }

  async typeAtOnce(item: QueuedInput): Promise<void> {
    if (this.calls.state.status === 'ready')
      this.calls.record({
        type: 'thread_turn_started',
        data: { turnId: this.nextTurnId(), requestId: item.requestId, kind: 'input' },
      });
    const raw = 'raw' in item.input;
    const input: TerminalInput =
      'raw' in item.input ? { kind: 'raw', data: item.input.raw } : { kind: 'keys', keys: 'keys' in item.input ? item.input.keys : [] };
    const effectId = `${raw ? 'raw' : 'keys'}-${item.requestId}`;
    const { outcome } = await this.type(effectId, input, raw ? 'type raw input' : 'press keys');
    this.calls.record({
      type: 'thread_input',
      data: { kind: raw ? 'raw' : 'keys', requestId: item.requestId, effectId, outcome, preview: previewOf(item.input) },
    });
    if (outcome === 'lost') this.calls.lost();
    else if (this.calls.state.status === 'blocked') this.lookAgain = true;
  }

  async answer(given: GivenAnswer): Promise<void> {
    const ask = this.calls.state.answeredAsk;
    if (!ask || ask.id !== given.askId) {
      this.calls.record({ type: 'thread_input', data: { kind: 'answer', requestId: null, effectId: null, outcome: 'lost', preview: '', ...given } });
      return;
    }
    // The same ask may be answered again when the first answer changed nothing: a new effect.
    const effectId = `answer-${given.askId}@${given.answeredAt}`;
    try {
      const { outcome } = await this.type(effectId, { kind: 'answer', ask, answer: given.answer }, `answer ${ask.kind}`);
      this.calls.record({ type: 'thread_input', data: { kind: 'answer', requestId: null, effectId, outcome, preview: previewOf(given.answer), ...given } });
      if (outcome === 'lost') this.calls.lost();
    } catch (thrown) {
      const fault = faultFrom(thrown);
      if (fault.kind !== 'invalid') throw thrown;
      this.calls.record({ type: 'thread_blocked', data: { promptInfo: ask, autoResponded: false, reason: fault.message } });
    }
  }

  async interrupt(): Promise<void> {
    const pending = this.calls.state.interrupt;
    if (!pending) return;
    const effectId = `interrupt-${pending.ordinal}`;
    const { outcome } = await this.type(effectId, { kind: 'interrupt' }, `interrupt: ${pending.reason}`);
    this.calls.record({
      type: 'thread_input',
      data: { kind: 'interrupt', requestId: null, effectId, outcome, preview: pending.reason, automatic: pending.reason.startsWith('policy.') },
    });
    if (outcome === 'lost') this.calls.lost();
    else if (!this.calls.state.turn) this.lookAgain = true;
  }

  /** Somebody typed through an attached terminal: it is noted, and what follows is watched. */
  typedByHand(bytes: number, subject: string, watched: boolean): void {
    const preview = `${bytes} bytes`;
    this.calls.record({ type: 'thread_input', data: { kind: 'terminal', requestId: null, effectId: null, outcome: 'done', preview, answeredBy: subject } });
    if (watched) return;
    if (this.calls.state.status === 'ready') {
      this.calls.record(
        { type: 'thread_turn_started', data: { turnId: this.nextTurnId(), requestId: null, kind: 'input' } },
        { type: 'thread_input', data: { kind: 'raw', requestId: null, effectId: null, outcome: 'done', preview } },
      );
    } else this.lookAgain = true;
  }

  private nextTurnId(): string {
    return `${this.calls.state.start.id}/turn-${this.calls.actor.lastSeq + 1}`;
  }

  private async type(effectId: string, input: TerminalInput, summary: string): Promise<TypedInput> {
    const { start, session } = this.calls.state;
    if (!session) return { outcome: 'lost' };
    return this.calls.call(
      'typeInput',
      { actor: this.calls.ref, agentType: start.agentType, sessionId: session.sessionId, effectId, input },
      `type-${effectId}`,
      summary,
      120_000,
    );
  }
}
