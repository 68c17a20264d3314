/** What asking who calls costs, and how many reads one API process serves. Comes last: its key closes the door for good. */
import { randomBytes } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { KEY_BYTES, newKey } from '../src/domain/access/api-key';
import { openPool } from '../src/store/database';
import { threadOf, type StoredThread } from '../src/store/thread-row';
import { Api } from './api';
import { atLeast, atMost, figure, median, type Figure } from './figures';
import { JournalThread } from './journal-thread';
import { ManyReads } from './many-reads';
import type { Bench } from './scenario';

const WARM_UP = 200;
/** The two are counted in turns, for what else a machine does comes and goes: each round is compared by itself. */
const ROUNDS = 20;
const SECONDS = 1;
/** Requests under way at a time. */
const WIDTH = 16;

async function latencies(api: Api, id: string, samples: number): Promise<number[]> {
  const found: number[] = [];
  for (let at = -WARM_UP; at < samples; at++) {
    const { ms } = await api.thread(id);
    if (at >= 0) found.push(ms);
  }
  return found;
}

const warmUp = async (work: () => Promise<unknown>): Promise<void> => {
  for (let at = 0; at < WARM_UP; at++) await work();
};

/** How many times a second `work` is done when it is always under way {@link WIDTH} times. */
async function perSecond(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  const until = started + SECONDS * 1_000;
  let done = 0;
  await Promise.all(
    Array.from({ length: WIDTH }, async () => {
      while (performance.now() < until) {
        await work();
        done += 1;
      }
    }),
  );
  return (done * 1_000) / (performance.now() - started);
}

interface Rates {
  /** Of reads that the API served, for each round. */
  readonly served: readonly number[];
  /** Of queries that were answered through `pg`, for each round. */
  readonly asked: readonly number[];
}

/** One query for each read straight through `pg`, as nobody but a benchmark asks: the API reads together what is asked for at one moment. */
async function readRates(url: string, id: string, read: () => Promise<unknown>): Promise<Rates> {
  const pool = openPool({ url, max: 4, applicationName: 'everthread-bench' });
  const text = 'select * from threads where tenant = $1 and id = $2';
  const query = async (): Promise<unknown> => {
    const { rows } = await pool.query<StoredThread>({ name: 'thread-get', text, values: ['default', id] });
    return threadOf(rows[0] as StoredThread);
  };
  const rates = { served: [] as number[], asked: [] as number[] };
  try {
    await warmUp(read);
    await warmUp(query);
    for (let round = 0; round < ROUNDS; round++) {
      rates.served.push(await perSecond(read));
      rates.asked.push(await perSecond(query));
    }
  } finally {
    await pool.end();
  }
  return rates;
}

async function madeKey({ store }: Bench): Promise<string> {
  const { key, ...stored } = newKey('pk_live', randomBytes(KEY_BYTES));
  const asked = { tenant: 'default', name: 'bench', scopes: ['*'], createdBy: 'bench', expiresAt: null };
  await store.keys.create({ ...asked, ...stored });
  return key;
}

export async function access(bench: Bench): Promise<readonly Figure[]> {
  const { api, options, system } = bench;
  const { id } = await JournalThread.create(bench);
  const samples = options.samples * 5;
  const open = await latencies(api, id, samples);
  const key = await madeKey(bench);
  const keyed = new Api(api.url, key);
  const many = new ManyReads(api.url, key, WIDTH);
  try {
    const closed = await latencies(keyed, id, samples);
    const { served, asked } = await readRates(system.databaseUrl, id, () => many.get(`/api/managed-threads/${id}`));
    const parts = served.map((rate, round) => rate / (asked[round] as number));
    return [
      figure('GET /:id while the API is open', 'ms', open),
      figure('GET /:id with an API key', 'ms', closed),
      figure('GET /:id, with a key against open', 'times', [median(closed) / median(open)], { target: atMost(1.1) }),
      figure('GET /:id a second, one API process', 'per second', served, {
        note: `${WIDTH} at a time, with a key; the client of the benchmark takes the other core`,
      }),
      figure('the same query a second, straight through pg', 'per second', asked, {
        note: `${WIDTH} at a time over 4 connections, the row read as the API reads it`,
      }),
      figure('reads served, of the queries that pg answers', 'times', parts, {
        target: atLeast(0.5),
        note: `${ROUNDS} rounds, each with a second of either`,
      }),
    ];
  } finally {
    keyed.close();
    await many.close();
  }
}
