/** The two doors of every command of an actor: an Update and a Signal of the same name, over the same decision. */
import * as wf from '@temporalio/workflow';
import type { CommandDefinition, NewEvent, Received } from '../../src/contracts/actor';
import type { ReceiptBook, Reply } from '../../src/domain/actor/receipts';
import { faultFrom, type Fault } from '../../src/errors/fault';
import { received } from './received';

/** What the doors need of the actor behind them. */
interface Decider {
  readonly lastSeq: number;
  decide(command: Received): { readonly events: readonly NewEvent[]; readonly reply: Reply };
  refused(command: Received, fault: Fault): NewEvent;
  record(events: readonly NewEvent[], by: Received['by'], requestId: string | null): void;
  taken(command: Received): void;
  /** Null: a reply may go out before its events are in the journal. */
  readonly kept: ((reply: Reply & { readonly seq: number }, command: Received) => Promise<Reply>) | null;
}

export class CommandDoors {
  /** Updates in this run. */
  updates = 0;

  constructor(
    private readonly actor: Decider,
    private readonly receipts: ReceiptBook,
  ) {}

  open(definition: CommandDefinition): void {
    wf.setHandler(
      wf.defineUpdate<Reply, [unknown]>(definition.name),
      (payload) => {
        this.updates += 1;
        const command = received(definition, payload, 'api');
        const reply = this.take(command);
        return this.actor.kept ? this.actor.kept(reply, command) : reply;
      },
      // Synchronous, and a Fault at worst: an async validator or a plain Error would stall the actor.
      { validator: (payload) => this.check(received(definition, payload, 'api', () => 'not taken yet')) },
    );
    wf.setHandler(wf.defineSignal<[unknown]>(definition.name), (payload) => this.signalled(definition, payload));
  }

  private check(command: Received): void {
    if (this.receipts.get(command.requestId) === undefined) this.actor.decide(command);
  }

  private take(command: Received): Reply & { readonly seq: number } {
    const before = this.receipts.get(command.requestId);
    if (before) return before as Reply & { readonly seq: number };
    const { events, reply } = this.actor.decide(command);
    this.actor.record(events, command.by, command.requestId);
    const receipt = { ...reply, seq: this.actor.lastSeq };
    this.receipts.keep(command.requestId, receipt);
    this.actor.taken(command);
    return receipt;
  }

  private signalled(definition: CommandDefinition, payload: unknown): void {
    let command: Received = {
      name: definition.name,
      input: null,
      requestId: 'unreadable',
      by: { subject: 'signal', via: 'signal' },
      at: new Date(Date.now()).toISOString(),
    };
    try {
      command = received(definition, payload, 'signal');
      this.take(command);
    } catch (thrown) {
      // Nobody waits for a signal's answer, and an exception here would fail the workflow: the refusal is an event.
      const refusal = this.actor.refused(command, faultFrom(thrown));
      if (this.receipts.get(command.requestId) !== undefined) return;
      this.actor.record([refusal], command.by, command.requestId);
      if (command.requestId !== 'unreadable') this.receipts.keep(command.requestId, { refused: true, seq: this.actor.lastSeq });
    }
  }
}
