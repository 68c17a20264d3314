/** A forge on loopback that speaks the part of GitHub's REST form that pull requests need, and keeps what it was asked. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

interface Pull {
  readonly number: number;
  readonly html_url: string;
  /** `owner:branch`. */
  readonly head: string;
  readonly base: string;
  readonly title: string;
  readonly body: string;
  readonly draft: boolean;
  readonly labels: readonly string[];
  readonly reviewers: readonly string[];
}

export class FakeForge {
  /** By `owner/name`. */
  readonly pulls = new Map<string, Pull[]>();
  readonly asked: string[] = [];
  readonly tokens = new Set<string | undefined>();
  /** Answers of the next requests, before it looks at them. */
  readonly next: { readonly status: number; readonly body?: object }[] = [];
  private server: Server | undefined;

  url = '';

  async start(): Promise<this> {
    this.server = createServer((request, response) => void this.answer(request, response));
    await new Promise<void>((done) => this.server?.listen(0, '127.0.0.1', done));
    this.url = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
    return this;
  }

  async stop(): Promise<void> {
    this.server?.closeAllConnections();
    await new Promise((done) => this.server?.close(done));
  }

  of(repo: string): readonly Pull[] {
    return this.pulls.get(repo) ?? [];
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const parts: Buffer[] = [];
    for await (const part of request as AsyncIterable<Buffer>) parts.push(part);
    const text = Buffer.concat(parts).toString('utf8');
    this.asked.push(`${request.method ?? ''} ${request.url ?? ''}`);
    this.tokens.add(request.headers.authorization);
    const forced = this.next.shift();
    const { status, body } = forced ?? this.done(request.method ?? '', new URL(request.url ?? '', this.url), text === '' ? {} : (JSON.parse(text) as object));
    response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body ?? {}));
  }

  private done(method: string, { pathname, searchParams }: URL, given: any): { readonly status: number; readonly body?: unknown } {
    const [, , owner = '', name = '', kind = '', number, what] = pathname.split('/');
    const repo = `${owner}/${name}`;
    const pulls = this.pulls.get(repo) ?? [];
    this.pulls.set(repo, pulls);
    if (kind === 'pulls' && number === undefined && method === 'GET')
      return { status: 200, body: pulls.filter(({ head, base }) => head === searchParams.get('head') && base === searchParams.get('base')) };
    if (kind === 'pulls' && number === undefined) {
      const head = String(given.head).includes(':') ? String(given.head) : `${owner}:${String(given.head)}`;
      if (pulls.some((pull) => pull.head === head && pull.base === given.base))
        return { status: 422, body: { message: 'Validation Failed', errors: [{ message: `A pull request already exists for ${head}.` }] } };
      const made = { number: pulls.length + 1, html_url: `${this.url}/${repo}/pull/${pulls.length + 1}`, labels: [], reviewers: [], ...given, head };
      pulls.push(made);
      return { status: 201, body: made };
    }
    const at = pulls.findIndex((pull) => pull.number === Number(number));
    const known = pulls[at];
    if (!known || (what !== 'labels' && what !== 'requested_reviewers')) return { status: 404, body: { message: 'Not Found' } };
    if (given.reviewers?.includes('nobody')) return { status: 422, body: { message: 'nobody is not a collaborator' } };
    pulls[at] = { ...known, ...given };
    return { status: 200, body: pulls[at] };
  }
}
