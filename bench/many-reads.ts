/** A client that costs little, for counting what a server answers: Node's own takes as long for a request as the server does, and on two cores that is what one would measure. */
import { Pool } from 'undici';
import { Fault } from '../src/errors/fault';

export class ManyReads {
  readonly #pool: Pool;

  constructor(
    url: string,
    private readonly apiKey: string,
    connections: number,
  ) {
    this.#pool = new Pool(url, { connections, pipelining: 1 });
  }

  /** Resolves with the last byte. Fault `bench.refused` (internal) for any answer but 200. */
  get(path: string): Promise<void> {
    return new Promise((resolve, reject) => {
      let status = 0;
      this.#pool.dispatch(
        { path, method: 'GET', headers: { authorization: `Bearer ${this.apiKey}` } },
        {
          onConnect: () => undefined,
          onHeaders: (answered) => {
            status = answered;
            return true;
          },
          onData: () => true,
          onComplete: () => (status === 200 ? resolve() : reject(new Fault('internal', 'bench.refused', `GET ${path} answered ${status}`))),
          onError: reject,
        },
      );
    });
  }

  close(): Promise<void> {
    return this.#pool.close();
  }
}
