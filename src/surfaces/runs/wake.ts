/** Waiting for what may come many times while nobody looks, or only once: neither keeps more than its last word. */
import { faultFrom } from '../../errors/fault';

/** `next` resolves true after anything came since it resolved last, false when the source has ended; whatever comes meanwhile counts once. Rejects with the source's failure. */
export function wakened(source: AsyncIterable<unknown>): { next(): Promise<boolean> } {
  let came = false;
  let ended = false;
  let failure: Error | undefined;
  let wake = (): void => undefined;
  const pump = async (): Promise<void> => {
    for await (const _one of source) {
      came = true;
      wake();
    }
  };
  void pump()
    .catch((thrown: unknown) => {
      failure = faultFrom(thrown);
    })
    .finally(() => {
      ended = true;
      wake();
    });
  return {
    async next() {
      while (!came && !ended)
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      if (came) {
        came = false;
        return true;
      }
      if (failure) throw failure;
      return false;
    },
  };
}

/** A promise that may be looked at, and waited for again and again without being held by every wait. Of its failure it makes null. */
export function once<T>(promise: Promise<T>): { readonly value: T | null | undefined; settled(): Promise<undefined> } {
  let value: T | null | undefined;
  let wake = (): void => undefined;
  void promise
    .catch(() => null)
    .then((found) => {
      value = found;
      wake();
    });
  return {
    get value() {
      return value;
    },
    settled: () =>
      new Promise<undefined>((resolve) => {
        if (value !== undefined) resolve(undefined);
        else wake = () => resolve(undefined);
      }),
  };
}
