/** Waiting between attempts. */

export interface Backoff {
  readonly firstMs: number;
  readonly maxMs: number;
}

/** Doubles with each attempt (from 1) up to the maximum; half of it is chance, so that clients of one server do not come back all at once. */
export function delayOf({ firstMs, maxMs }: Backoff, attempt: number): number {
  const full = Math.min(maxMs, firstMs * 2 ** Math.min(attempt - 1, 30));
  return full / 2 + Math.random() * (full / 2);
}

/** Rejects with the signal's reason as soon as it aborts. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      resolve();
    }, ms);
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
}
