/**
 * What a worker does for webhooks and triggers: reads the journal on, and starts the workflows of what is to be delivered and fired. Any number of workers may do so at once. A commit that is
 * heard of wakes it; should that be missed, it looks by itself.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { inTurns } from '../domain/in-turns';
import type { StartedWork } from '../gateway/started-work';
import type { Store } from '../store/store';
import { EVENTS_AT_ONCE } from '../store/subscriptions';
import type { Log } from '../surfaces/http/log';

const LOOK_EVERY_MS = 500;
/**
 * From the beginning of one round to the next: the first commit after a quiet time is dealt with at once, and of a steady stream of them many in one round. A round for each commit
 * cost more of the database than the commits themselves.
 */
const APART_MS = 100;
const RECOVER_EVERY_MS = 60_000;
/** Workflows that one round starts. */
const STARTS = 100;
const AT_ONCE = 10;

interface Options {
  readonly store: Pick<Store, 'subscriptions' | 'deliveries' | 'firings' | 'watchCommits'>;
  readonly work: StartedWork;
  readonly log: Log;
  readonly delaysMs: readonly number[];
}

/** Returns the function that stops it and waits for what is under way. */
export function startSubscriptions(options: Options): () => Promise<void> {
  let stopped = false;
  let wake: () => void = () => undefined;
  let woken = false;
  const onCommit = (): void => {
    woken = true;
    wake();
  };
  const rest = (): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, LOOK_EVERY_MS);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  let recovered = 0;
  const run = async (): Promise<void> => {
    await options.store.watchCommits(onCommit).catch(() => undefined);
    while (!stopped) {
      woken = false;
      const next = Date.now() + APART_MS;
      try {
        if (Date.now() - recovered > RECOVER_EVERY_MS) {
          recovered = Date.now();
          await options.store.deliveries.recover();
          await options.store.firings.recover();
        }
        if (await round(options)) continue;
      } catch (problem) {
        options.log.warn({ err: problem }, 'webhooks and triggers: a round failed; it is tried again');
      }
      if (!stopped && !woken) await rest();
      if (!stopped) await delay(Math.max(0, Math.min(APART_MS, next - Date.now())));
    }
  };
  const over = run();
  return async () => {
    stopped = true;
    wake();
    await over;
  };
}

/** Whether there may be more to do at once. */
async function round({ store, work, delaysMs }: Options): Promise<boolean> {
  const read = await store.subscriptions.next();
  const deliveries = await store.deliveries.toStart(STARTS);
  const firings = await store.firings.toStart(STARTS);
  await inTurns(deliveries, AT_ONCE, async ({ tenant, id, webhookId, eventType, retries }) => {
    await work.deliver({ tenant, deliveryId: id, delaysMs: delaysMs.slice(0, retries) }, `${eventType} to ${webhookId}`);
    await store.deliveries.markStarted(tenant, id);
  });
  await inTurns(firings, AT_ONCE, async ({ name, ...firing }) => {
    await work.fire(firing, name);
    await store.firings.markStarted(firing);
  });
  return read === EVENTS_AT_ONCE || deliveries.length + firings.length > 0;
}
