/** A client of the API over kept connections, so that what is measured is the server and not the handshake. */
import { Agent, request } from 'node:http';
import { performance } from 'node:perf_hooks';
import { Fault } from '../src/errors/fault';
import { EventStream, ofType } from './event-stream';

export interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
  /** From the first byte out to the last byte in. */
  readonly ms: number;
}

const ANSWER_MS = 30_000;
const THREADS = '/api/managed-threads';

interface Call {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  readonly body?: unknown;
  readonly key?: string;
}

export class Api {
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 32 });

  constructor(
    readonly url: string,
    /** Sent with every request. */
    private readonly apiKey?: string,
  ) {}

  /** Fault `bench.refused` (internal) for any answer but 2xx. */
  async call({ method, path, body, key }: Call): Promise<Answer> {
    const started = performance.now();
    const text = body === undefined ? null : JSON.stringify(body);
    const answer = await new Promise<{ status: number; text: string }>((resolve, reject) => {
      const headers = {
        ...(text !== null && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }),
        ...(this.apiKey !== undefined && { authorization: `Bearer ${this.apiKey}` }),
        ...(key !== undefined && { 'idempotency-key': key }),
      };
      const sent = request(`${this.url}${path}`, { method, headers, agent: this.agent, timeout: ANSWER_MS }, (response) => {
        let content = '';
        response.setEncoding('utf8');
        response.on('data', (piece: string) => (content += piece));
        response.on('end', () => resolve({ status: response.statusCode ?? 0, text: content }));
        response.on('error', reject);
      });
      sent.on('timeout', () => sent.destroy(new Fault('deadline', 'bench.late', `${method} ${path} was not answered in time`)));
      sent.on('error', reject);
      sent.end(text ?? undefined);
    });
    const ms = performance.now() - started;
    if (answer.status < 200 || answer.status > 299)
      throw new Fault('internal', 'bench.refused', `${method} ${path} answered ${answer.status}: ${answer.text.slice(0, 500)}`);
    return { status: answer.status, body: answer.text === '' ? {} : (JSON.parse(answer.text) as Answer['body']), ms };
  }

  thread(id: string): Promise<Answer> {
    return this.call({ method: 'GET', path: `${THREADS}/${id}` });
  }

  events(id: string, { after, limit }: { readonly after: number; readonly limit: number }): Promise<Answer> {
    return this.call({ method: 'GET', path: `${THREADS}/${id}/events?after=${after}&limit=${limit}` });
  }

  /** Threads of an execution with this status. */
  async total(executionId: string, status: string): Promise<number> {
    const { body } = await this.call({ method: 'GET', path: `${THREADS}?executionId=${executionId}&status=${status}&limit=1` });
    return Number(body['total']);
  }

  send(id: string, message: string, key: string): Promise<Answer> {
    return this.call({ method: 'POST', path: `${THREADS}/${id}/send`, body: { message }, key });
  }

  cancel(id: string): Promise<Answer> {
    return this.call({ method: 'POST', path: `${THREADS}/${id}/cancel`, body: {} });
  }

  stop(id: string): Promise<Answer> {
    return this.call({ method: 'DELETE', path: `${THREADS}/${id}?force=true` });
  }

  stream(id: string, { after = 0, frames = false } = {}): Promise<EventStream> {
    return EventStream.open(`${this.url}${THREADS}/${id}/events?after=${after}&frames=${frames}`);
  }

  spawn(id: string, { executionId, idleTimeoutMs }: { readonly executionId: string; readonly idleTimeoutMs: number }): Promise<Answer> {
    return this.call({
      method: 'POST',
      path: THREADS,
      body: { id, executionId, name: id, agentType: 'shell', objective: 'true', policy: { idleTimeoutMs } },
    });
  }

  /** A shell that has done its objective and shows its prompt, and its events. */
  async shell(id: string): Promise<EventStream> {
    await this.spawn(id, { executionId: 'bench', idleTimeoutMs: 3_600_000 });
    const events = await this.stream(id, { frames: true });
    await events.find(ofType('thread_turn_complete'), `the first turn of ${id}`, 60_000);
    return events;
  }

  close(): void {
    this.agent.destroy();
  }
}
