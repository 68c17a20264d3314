/** Addresses under which artifacts can be fetched for a while by whoever holds them: signed, so that none can be made up, and with an end. */
import { Fault } from '../../errors/fault';
import type { Cursors } from '../http/cursor';

/** Milliseconds that an address is good for. */
export const DOWNLOAD_MS = 15 * 60_000;
export const DOWNLOADS_PATH = '/v1/scriptum/downloads';
const PURPOSE = ['scriptum artifact'] as const;

export interface DownloadOf {
  readonly tenant: string;
  readonly threadId: string;
  readonly artifactId: string;
}

export interface Download {
  readonly url: string;
  readonly expiresAtMs: number;
}

export class Downloads {
  /** `baseUrl`: where clients find the API, without a slash at its end. */
  constructor(
    private readonly cursors: Cursors,
    private readonly baseUrl: () => string,
    private readonly now: () => number = Date.now,
  ) {}

  of({ tenant, threadId, artifactId }: DownloadOf): Download {
    const expiresAtMs = this.now() + DOWNLOAD_MS;
    const token = this.cursors.seal(PURPOSE, JSON.stringify([tenant, threadId, artifactId, expiresAtMs]));
    return { url: `${this.baseUrl()}${DOWNLOADS_PATH}/${token}`, expiresAtMs };
  }

  /** Fault `script_thread.no_such_download` (not_found) for an address that was made up or is over. */
  open(token: string): DownloadOf {
    const [tenant, threadId, artifactId, expiresAtMs] = this.#read(token);
    if (expiresAtMs <= this.now()) throw gone();
    return { tenant, threadId, artifactId };
  }

  #read(token: string): [string, string, string, number] {
    try {
      return JSON.parse(this.cursors.open(PURPOSE, token)) as [string, string, string, number];
    } catch {
      throw gone();
    }
  }
}

const gone = (): Fault =>
  new Fault('not_found', 'script_thread.no_such_download', 'This address is not one that was given out, or its time is over; ListArtifacts gives new ones.');
