/** Redactions that the store keeps for actors: each has compiled expressions of its own, so whoever has no environment values shares one. */
import type { Pool } from 'pg';
import type { ActorRef } from '../../src/contracts/actor';
import type { SealingKeys } from '../../src/store/sealing';
import { Secrets } from '../../src/store/secrets';

const actor = (kind: string, id: string): ActorRef => ({ address: `${kind}/${id}`, kind, tenant: 'default', id });

it('a thousand threads without environment values have one redaction', async () => {
  const made: object[] = [];
  const pool = { query: () => Promise.resolve({ rows: [] }) } as unknown as Pool;
  const redaction = (values: object) => {
    made.push(values);
    return <T>(value: T): T => value;
  };
  const secrets = new Secrets(pool, { current: 'k' } as unknown as SealingKeys, redaction, redaction);

  const redactions = await Promise.all(Array.from({ length: 1_000 }, (_, n) => secrets.redactionFor(actor('managed-thread', `thr_${n}`))));
  redactions.push(await secrets.redactionFor(actor('execution', 'exec_1')));

  expect(new Set(redactions).size).toBe(1);
  expect(made).toEqual([{}]);
});
