/** Calls of the surface of runs. What is started and what is followed have methods; every other route is called by its path through `api`, as typed. */
import { followEvents, type StreamEvent } from './event-stream';
import type { components, paths } from './generated/runs';
import { dataOf, once, typedCalls, type CallOptions, type CommandOptions, type TypedCalls } from './surface-client';
import type { Transport } from './transport';

export type StartRun = Omit<components['schemas']['CreateRun'], 'max_steps'> & { readonly max_steps?: number };
export type RunSession = components['schemas']['RunSession'];
export type LedgerEntryEvent = components['schemas']['LedgerEntryEvent'];

const ENDS: readonly string[] = ['completed', 'failed', 'cancelled'] satisfies RunSession['status'][];
const sessionIn = ({ data }: StreamEvent): RunSession => JSON.parse(data) as RunSession;

export class Runs {
  /** Typed calls by path: `api.GET('/runs/{id}')`. What is not a success is thrown. */
  readonly api: TypedCalls<paths>;

  constructor(private readonly transport: Transport) {
    this.api = typedCalls<paths>(transport);
  }

  /** Answers once the run is accepted. */
  start(run: StartRun, options: CommandOptions = {}) {
    return dataOf(this.api.POST('/runs', { body: run, params: { header: once(options) }, signal: options.signal }));
  }

  /** The session of a run at once and after its changes, until it has ended; the connection is made again when it is lost. */
  async *followSession(id: string, { signal }: CallOptions = {}): AsyncGenerator<RunSession, void, void> {
    const isLast = (event: StreamEvent): boolean => ENDS.includes(sessionIn(event).status);
    for await (const event of followEvents(this.transport, `/runs/${encodeURIComponent(id)}/execution/stream`, { signal, isLast })) yield sessionIn(event);
  }

  /** Entries of the ledger of a run after the seq `after` (-1: all), as they are appended, until the run has ended. */
  async *followEntries(id: string, { after = -1, signal }: CallOptions & { readonly after?: number } = {}): AsyncGenerator<LedgerEntryEvent, void, void> {
    const from = after < 0 ? {} : { lastEventId: String(after) };
    for await (const { data } of followEvents(this.transport, `/runs/${encodeURIComponent(id)}/events`, { signal, ...from }))
      yield JSON.parse(data) as LedgerEntryEvent;
  }
}
