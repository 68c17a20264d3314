/** What an API process takes in from a folder when it starts: once before it serves; while the database is away again and again. */
import { setTimeout as delay } from 'node:timers/promises';
import { faultFrom } from '../errors/fault';
import type { Log } from '../surfaces/http/log';

/** Between two tries while the database is away. */
const AGAIN_MS = 5_000;

interface Keeping {
  readonly folder: string;
  readonly stopping: AbortSignal;
  readonly againMs?: number;
}

/** Throws what `load` refuses about the folder itself (a fault of kind invalid); anything else is logged, and `load` tried again until it succeeds or `stopping`. */
export async function keepLoading(load: () => Promise<unknown>, log: Log, { folder, stopping, againMs = AGAIN_MS }: Keeping): Promise<void> {
  const attempt = async (): Promise<boolean> => {
    try {
      await load();
      return true;
    } catch (thrown) {
      if (faultFrom(thrown).kind === 'invalid') throw thrown;
      log.error({ err: thrown, folder }, 'the folder could not be loaded; it is tried again');
      return false;
    }
  };
  if (await attempt()) return;
  const later = async (): Promise<void> => {
    do await delay(againMs, undefined, { signal: stopping });
    while (!(await attempt()));
  };
  later().catch((problem: unknown) => {
    if (!stopping.aborted) log.error({ err: problem, folder }, 'the folder could not be loaded');
  });
}
