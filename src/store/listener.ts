/**
 * The one connection of this process that listens. It is replaced whenever it is lost, for as long as anybody wants it; what was notified
 * meanwhile is gone, so every listener is then told to read again from where it stands.
 */
import { Client } from 'pg';
import { Fault } from '../errors/fault';
import { SILENT, type StoreLog } from './database';

export interface ListenerHandlers {
  readonly onNotice: (channel: string, payload: string) => void;
  /** The connection stands (again): anything may have been missed. */
  readonly onConnected: () => void;
}

const FIRST_RETRY_MS = 20;
const LAST_RETRY_MS = 2_000;
/** A connection that answers nothing for so long counts as lost, even without a reset. */
const HEARTBEAT_MS = 15_000;
const ANSWER_MS = 5_000;

export class Listener {
  #client: Client | null = null;
  #wanted = false;
  #retryMs = FIRST_RETRY_MS;
  #retry: NodeJS.Timeout | null = null;
  #heartbeat: NodeJS.Timeout | null = null;
  #connecting: Promise<void> | null = null;

  constructor(
    private readonly url: string,
    private readonly channels: readonly string[],
    private readonly handlers: ListenerHandlers,
    private readonly log: StoreLog = SILENT,
  ) {}

  get connected(): boolean {
    return this.#client !== null;
  }

  /** Connects and stays connected until `stop`. Resolves after the first attempt, whether it succeeded or not. */
  async start(): Promise<void> {
    this.#wanted = true;
    await this.#connect();
  }

  async stop(): Promise<void> {
    this.#wanted = false;
    if (this.#retry) clearTimeout(this.#retry);
    this.#retry = null;
    await this.#connecting;
    await this.#drop(this.#client);
  }

  #connect(): Promise<void> {
    if (this.#client || !this.#wanted) return Promise.resolve();
    this.#connecting ??= this.#attempt().finally(() => (this.#connecting = null));
    return this.#connecting;
  }

  async #attempt(): Promise<void> {
    const client = new Client({
      connectionString: this.url,
      application_name: 'everthread listener',
      connectionTimeoutMillis: ANSWER_MS,
      query_timeout: ANSWER_MS,
      keepAlive: true,
    });
    let lost = false;
    const onLost = (error?: Error): void => {
      if (lost || !this.#wanted) return;
      lost = true;
      this.log.warn({ reason: error?.message ?? 'ended' }, 'the listening connection was lost');
      if (this.#client === client) void this.#drop(client).then(() => this.#retryLater());
    };
    client.on('error', onLost);
    client.on('end', () => onLost());
    client.on('notification', ({ channel, payload }) => this.handlers.onNotice(channel, payload ?? ''));
    try {
      await client.connect();
      for (const channel of this.channels) await client.query(`listen ${client.escapeIdentifier(channel)}`);
      if (lost || !this.#wanted) throw new Fault('unavailable', 'store.unreachable', 'The connection was lost while it was made.');
      this.#client = client;
      this.#retryMs = FIRST_RETRY_MS;
      this.#watch(client, onLost);
      this.handlers.onConnected();
    } catch (error) {
      lost = true;
      this.log.warn({ reason: (error as Error).message }, 'cannot listen to the database; trying again');
      await this.#drop(client);
      this.#retryLater();
    }
  }

  #watch(client: Client, onLost: (error: Error) => void): void {
    this.#heartbeat = setInterval(() => void client.query('select 1').catch(onLost), HEARTBEAT_MS);
    this.#heartbeat.unref();
  }

  #retryLater(): void {
    if (!this.#wanted || this.#retry) return;
    this.#retry = setTimeout(() => {
      this.#retry = null;
      void this.#connect();
    }, this.#retryMs);
    this.#retryMs = Math.min(this.#retryMs * 2, LAST_RETRY_MS);
  }

  async #drop(client: Client | null): Promise<void> {
    if (!client) return;
    if (this.#client === client) {
      this.#client = null;
      if (this.#heartbeat) clearInterval(this.#heartbeat);
      this.#heartbeat = null;
    }
    client.removeAllListeners('notification');
    // A server that is gone never answers a polite end.
    const impatience = setTimeout(() => (client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy(), 500);
    await client.end().catch(() => undefined);
    clearTimeout(impatience);
  }
}
