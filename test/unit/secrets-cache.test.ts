/** What is asked of the database for the redaction of an actor, and what of it is believed afterwards. */
import type { Pool } from 'pg';
import { runRef } from '../../src/contracts/run/commands';
import { seal } from '../../src/store/sealing';
import { Secrets, type Redaction } from '../../src/store/secrets';

const keys = { current: 'k1', keys: { k1: new Uint8Array(32).fill(7) } };
const thread = { address: 'managed/t-1', kind: 'managed-thread', tenant: 'default', id: 't-1' };
/** Tells which values it was made for. */
const telling: Redaction = (environment) => () => Object.values(environment).join() as never;

function secretsOver(sealed: () => string | null) {
  let asked = 0;
  const query = (text: string) => {
    if (text.startsWith('insert')) return Promise.resolve({ rowCount: 1, rows: [] });
    asked += 1;
    const values = sealed();
    const row = () => {
      const { keyId, bytes } = seal(keys, thread.address, values ?? '');
      return { key_id: keyId, sealed: bytes, public_names: null };
    };
    return Promise.resolve({ rows: values === null ? [] : [row()] });
  };
  return { secrets: new Secrets({ query } as unknown as Pool, keys, telling, (values) => telling(Object.fromEntries(values.entries()))), asked: () => asked };
}

it('asks nothing for actors that never have environment values', async () => {
  const { secrets, asked } = secretsOver(() => null);
  await secrets.redactionFor(runRef('default', 'r-1'));

  expect(asked()).toBe(0);
});

it('asks once for a thread', async () => {
  const { secrets, asked } = secretsOver(() => '{"KEY":"value"}');

  expect((await secrets.redactionFor(thread))(null)).toBe('value');
  expect((await secrets.redactionFor(thread))(null)).toBe('value');
  expect(asked()).toBe(1);
});

it('does not go on believing what it read while values were being sealed', async () => {
  let values: string | null = null;
  const { secrets } = secretsOver(() => values);
  const before = secrets.redactionFor(thread);
  values = '{"KEY":"late"}';
  await secrets.sealEnvironment(thread, { KEY: 'late' });
  await before;

  expect((await secrets.redactionFor(thread))(null)).toBe('late');
});
