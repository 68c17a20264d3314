/** Secrets of the process itself: which they are, and that nothing which the store records holds one. */
import { randomUUID } from 'node:crypto';
import { runRef } from '../../src/contracts/run/commands';
import { openRun } from '../../src/domain/run/state';
import { knownSecrets } from '../../src/main/known-secrets';
import { runModels } from '../../src/main/run-models';
import { readConfig } from '../../src/config/config';
import { store } from '../../src/store/store';
import { TEST_SEALING, testStore, type TestStore } from '../support/database';
import { runStart } from '../support/fake-runs';
import { newHash } from '../support/ledger';

// Of no well-known form, so that only its value tells.
const SECRET = 'plain words of the operator';

let db: TestStore;
beforeAll(async () => {
  db = await testStore();
});
afterAll(() => db.close());

it('are the keys of providers and what stands under a name that says so', () => {
  const env = {
    OPENAI_API_KEY: 'key-of-openai',
    HF_TOKEN: 'token-of-hf',
    DEPLOY_PASSWORD: 'geheim-geheim',
    EVERTHREAD_SECRET_KEY: 'sealing-key',
    HOME: '/home/ada',
    CI: '1',
  };

  expect([...knownSecrets(env)].sort()).toEqual(['geheim-geheim', 'key-of-openai', 'sealing-key', 'token-of-hf']);
  expect(runModels(readConfig({}), env).redact({ text: 'it is geheim-geheim' })).toEqual({ text: 'it is ***REDACTED***' });
});

it('stand in no row and in no event', async () => {
  const knowing = store(db.pool, { url: db.url, sealing: TEST_SEALING, knownSecrets: [SECRET] });
  const start = runStart({ id: randomUUID(), trajectoryId: newHash(), title: `use ${SECRET}` });
  const state = { ...openRun(start), status: 'created' as const };
  await knowing.runs.insertCreated(state, `use ${SECRET}`);
  const event = {
    ...{ seq: 1, type: 'cancel_requested', data: { by: 'ada', reason: SECRET, at: start.createdAt }, at: start.createdAt },
    ...{ by: { subject: 'ada', via: 'api' as const }, requestId: null },
  };
  const said = { ...state, cancel: event.data, updatedAt: event.at };
  await knowing.journal.commit({ actor: runRef(start.tenant, start.id), events: [event], projection: { ...said } });

  expect((await knowing.runs.get(start.tenant, start.id))?.task).toBe('use [redacted]');
  const kept = JSON.stringify([(await db.pool.query('select * from runs')).rows, (await db.pool.query('select * from journal')).rows]);
  expect(kept).toContain('[redacted]');
  expect(kept).not.toContain(SECRET);
  await knowing.close();
});
