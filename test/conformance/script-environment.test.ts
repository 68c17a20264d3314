/** The environment of scripts over a real Postgres: sealed, laid over each other, imported as a whole or not at all. */
import { ScriptEnvironmentStore } from '../../src/store/script-environment';
import { ADA, as, keyed } from '../support/run-world';
import { startScriptWorld, type ScriptWorld } from '../support/script-world';

let world: ScriptWorld;
beforeAll(async () => void (world = await startScriptWorld()));
afterAll(() => world.stop());

let tenants = 0;
const somebody = () => as('ada', `env-${++tenants}`);
const variable = (key: string, value: string, secret = false) => ({ key, value, secret, description: '' });
const script = async (principal = ADA, env: Readonly<Record<string, string>> = {}) => {
  const name = `script-${++tenants}`;
  await world.scripts.create(principal, { name, description: '', tags: [], fromTemplate: '', labels: {}, env }, keyed());
  return name;
};

describe('a variable', () => {
  it('is told in full to who may change scripts, masked in lists, and not at all to other tenants', async () => {
    const ada = somebody();
    expect(await world.environment.set(ada, variable('TOKEN', 'geheim-123', true))).toMatchObject({ key: 'TOKEN', value: '********', secret: true });

    expect(await world.environment.get(ada, 'TOKEN')).toMatchObject({ value: 'geheim-123', origin: 'tenant' });
    expect(await world.environment.get({ ...ada, scopes: ['scripts:read'] }, 'TOKEN')).toMatchObject({ value: '********' });
    expect((await world.environment.list(ada, '', { pageSize: 0, pageToken: '' })).items).toMatchObject([{ key: 'TOKEN', value: '********' }]);
    await expect(world.environment.get(somebody(), 'TOKEN')).rejects.toMatchObject({ kind: 'not_found', code: 'script.env_not_found' });
  });

  it('stands sealed in the database, and opens nowhere else than in its row', async () => {
    const ada = somebody();
    await world.environment.set(ada, variable('TOKEN', 'geheim-456', true));
    const { rows } = await world.database.pool.query<{ sealed: Buffer }>('select sealed from script_environment where tenant = $1', [ada.tenant]);
    expect(rows[0]?.sealed.toString('latin1')).not.toContain('geheim');

    await world.database.pool.query(
      "insert into script_environment select tenant, script, 'OTHER', key_id, sealed, secret, description, updated_by from script_environment where tenant = $1",
      [ada.tenant],
    );
    await expect(world.environment.get(ada, 'OTHER')).rejects.toMatchObject({ code: 'store.unsealing_failed' });
    await world.environment.delete(ada, 'OTHER');
  });

  it('is sealed again by a newer key', async () => {
    const ada = somebody();
    await world.environment.set(ada, variable('TOKEN', 'geheim-789', true));
    const keys = { current: 'newer', keys: { test: Buffer.alloc(32, 7), newer: Buffer.alloc(32, 9) } };
    const newer = new ScriptEnvironmentStore(world.database.pool, keys);
    for (let rounds = 0; (await newer.reseal()) > 0;) expect(++rounds).toBeLessThan(10);

    const onlyNewer = new ScriptEnvironmentStore(world.database.pool, { current: 'newer', keys: { newer: Buffer.alloc(32, 9) } });
    expect(await onlyNewer.get({ tenant: ada.tenant, script: '' }, 'TOKEN')).toMatchObject({ value: 'geheim-789' });
    for (const back = new ScriptEnvironmentStore(world.database.pool, { ...keys, current: 'test' }); (await back.reseal()) > 0;);
  });

  it.each([
    ['', 'x', 'key'],
    ['1A', 'x', 'key'],
    ['A B', 'x', 'key'],
    ['A', 'x'.repeat(16_001), 'value'],
  ])('%j with such a value is refused by the field', async (key, value, field) => {
    await expect(world.environment.set(somebody(), variable(key, value))).rejects.toMatchObject({ kind: 'invalid', code: 'script.request', facts: { field } });
  });

  it('is deleted once', async () => {
    const ada = somebody();
    await world.environment.set(ada, variable('A', 'b'));
    await world.environment.delete(ada, 'A');
    await expect(world.environment.delete(ada, 'A')).rejects.toMatchObject({ code: 'script.env_not_found' });
  });

  it('is found by the beginning of its name, page by page', async () => {
    const ada = somebody();
    for (const key of ['B_1', 'A_1', 'A_2', 'A_3']) await world.environment.set(ada, variable(key, 'x'));
    const first = await world.environment.list(ada, 'A_', { pageSize: 2, pageToken: '' });
    expect(first.items.map(({ key }) => key)).toEqual(['A_1', 'A_2']);
    expect((await world.environment.list(ada, 'A_', { pageSize: 2, pageToken: first.nextPageToken })).items.map(({ key }) => key)).toEqual(['A_3']);
    await expect(world.environment.list(ada, 'B_', { pageSize: 2, pageToken: first.nextPageToken })).rejects.toMatchObject({ code: 'script.page_token' });
  });
});

describe('an import', () => {
  it('reads the form of .env files, tells secrets by their names, and skips what is there', async () => {
    const ada = somebody();
    await world.environment.set(ada, variable('KEEP', 'old'));
    const content = '# a comment\nKEEP=new\nAPI_URL="https://example.com/a b"\nAPI_TOKEN=abcdef\n';
    expect(await world.environment.import(ada, { values: { EXTRA: '1' }, content, overwrite: false })).toEqual({
      imported: ['API_TOKEN', 'API_URL', 'EXTRA'],
      skipped: ['KEEP'],
    });

    const { items } = await world.environment.list(ada, '', { pageSize: 0, pageToken: '' });
    expect(items.map(({ key, value }) => [key, value])).toEqual([
      ['API_TOKEN', '********'],
      ['API_URL', 'https://example.com/a b'],
      ['EXTRA', '1'],
      ['KEEP', 'old'],
    ]);
    expect(await world.environment.import(ada, { values: { KEEP: 'new' }, content: '', overwrite: true })).toEqual({ imported: ['KEEP'], skipped: [] });
  });

  it.each([
    ['values with a bad name', { values: { GOOD: '1', '2BAD': 'x' }, content: '' }],
    ['a file of no variables', { values: { GOOD: '1' }, content: 'just words\n' }],
    ['more variables than there may be', { values: Object.fromEntries(Array.from({ length: 1_001 }, (_, at) => [`V${at}`, 'x'])), content: '' }],
  ])('of %s writes nothing', async (_what, request) => {
    const ada = somebody();
    await expect(world.environment.import(ada, { ...request, overwrite: true })).rejects.toMatchObject({
      kind: expect.stringMatching(/invalid|exhausted/) as string,
    });
    expect((await world.environment.list(ada, '', { pageSize: 0, pageToken: '' })).items).toEqual([]);
  });
});

describe('what a script lays over its tenant', () => {
  it('counts where it is not empty; an empty value defers', async () => {
    const ada = somebody();
    await world.environment.import(ada, { values: { A: 'tenant', B: 'tenant' }, content: '', overwrite: true });
    const name = await script(ada, { A: 'script', B: '', C: '' });

    const effective = await world.environment.ofScript(ada, name, true);
    expect(effective.map(({ key, value, origin }) => [key, value, origin])).toEqual([
      ['A', 'script', 'script'],
      ['B', 'tenant', 'tenant'],
      ['C', '', 'script'],
    ]);
    expect((await world.environment.ofScript(ada, name, false)).map(({ key }) => key)).toEqual(['A', 'B', 'C']);
  });

  it('is set and deleted in one step, and of a script that is there', async () => {
    const ada = somebody();
    const name = await script(ada, { A: '1', B: '2' });
    expect((await world.environment.updateScript(ada, name, { set: { C: '3' }, delete: ['A', 'UNKNOWN'] })).map(({ key }) => key)).toEqual(['B', 'C']);
    await expect(world.environment.updateScript(ada, 'nobody', { set: {}, delete: [] })).rejects.toMatchObject({ code: 'script.not_found' });
    await expect(world.environment.ofScript(somebody(), name, true)).rejects.toMatchObject({ code: 'script.not_found' });
  });
});
