/** A receiver of webhooks on loopback: keeps every request, and answers as the test says. */
import { createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Got {
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly body: any;
}

export class Receiver {
  readonly got: Got[] = [];
  /** Statuses of the next answers, first to last; 200 when there is none left. */
  readonly statuses: number[] = [];
  private server: Server | undefined;
  private port = 0;

  get url(): string {
    return `http://127.0.0.1:${this.port}/hook`;
  }

  async start(): Promise<this> {
    this.server = createServer((request, response) => {
      let text = '';
      request.on('data', (part) => (text += String(part)));
      request.on('end', () => {
        this.got.push({ headers: request.headers, text, body: JSON.parse(text) });
        response.writeHead(this.statuses.shift() ?? 200).end('taken');
      });
    });
    await new Promise<void>((done) => this.server?.listen(this.port, '127.0.0.1', done));
    this.port = (this.server.address() as AddressInfo).port;
    return this;
  }

  /** Nobody answers at its address until it is started again. */
  async stop(): Promise<void> {
    this.server?.closeAllConnections();
    await new Promise((done) => this.server?.close(done));
  }

  /** What was answered with a 2xx is taken; this is what was taken or refused, by the type of event. */
  of(type: string): readonly Got[] {
    return this.got.filter(({ body }) => body.type === type);
  }
}

export const sign = (secret: string, text: string): string => `sha256=${createHmac('sha256', secret).update(text).digest('hex')}`;
export const isSigned = ({ headers, text }: Got, secret: string): boolean =>
  headers['x-everthread-signature'] === sign(secret, `${String(headers['x-everthread-timestamp'])}.${text}`);
