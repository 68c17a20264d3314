/** HTTP to a running system, answer by answer, as any client would speak it. */
import type { World } from './world';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: any;
}

export class Http {
  constructor(private readonly world: Pick<World, 'apiUrl'>) {}

  /** `path` below `/api`. */
  url(path: string): string {
    return `${this.world.apiUrl}/api${path}`;
  }

  async call(method: string, path: string, body?: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    const response = await fetch(this.url(path), {
      method,
      headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(60_000),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: text === '' ? undefined : JSON.parse(text) };
  }

  get(path: string): Promise<Answer> {
    return this.call('GET', path);
  }

  post(path: string, body: unknown, headers?: Readonly<Record<string, string>>): Promise<Answer> {
    return this.call('POST', path, body, headers);
  }

  delete(path: string): Promise<Answer> {
    return this.call('DELETE', path);
  }
}
