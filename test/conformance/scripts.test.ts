/** Scripts over a real Postgres: what is kept under a name, what publishing makes of drafts, and what hostile requests come to. */
import { ADA, as, keyed } from '../support/run-world';
import { INVOICE, startScriptWorld, type ScriptWorld } from '../support/script-world';

let world: ScriptWorld;
beforeAll(async () => void (world = await startScriptWorld()));
afterAll(() => world.stop());

let names = 0;
const fresh = (): string => `script-${++names}`;
const create = (name: string, more: object = {}, key: string | null = null) =>
  world.scripts.create(ADA, { name, description: '', tags: [], fromTemplate: '', labels: {}, env: {}, ...more }, keyed(key));
const emits = (value: number): string => `script "emits"\n\nemit ${value}\n`;
const refusal = (ask: Promise<unknown>): Promise<unknown> =>
  ask.then(
    (answer) => answer,
    (thrown: unknown) => thrown,
  );

describe('a script', () => {
  it('is created once under a name, in each tenant by itself', async () => {
    const name = fresh();
    expect(await create(name, { description: 'first', tags: ['a'] })).toMatchObject({
      name,
      status: 'CREATED',
      activeVersion: 0,
      hasDraft: false,
      createdBy: 'ada',
    });

    await expect(create(name)).rejects.toMatchObject({ kind: 'conflict', code: 'script.exists' });
    await expect(world.scripts.get(as('eve', 'acme'), name)).rejects.toMatchObject({ kind: 'not_found', code: 'script.not_found' });
    await world.scripts.create(as('eve', 'acme'), { name, description: '', tags: [], fromTemplate: '', labels: {}, env: {} }, keyed());
    expect(await world.scripts.get(as('eve', 'acme'), name)).toMatchObject({ createdBy: 'eve' });
  });

  it('is created once for each key', async () => {
    const name = fresh();
    const first = await create(name, { description: 'one' }, `key-${name}`);
    expect(await create(name, { description: 'one' }, `key-${name}`)).toEqual(first);
    await expect(create(name, { description: 'two' }, `key-${name}`)).rejects.toMatchObject({ code: 'idempotency.key_reused' });
  });

  it('leaves nothing when its environment is refused', async () => {
    const name = fresh();
    await expect(create(name, { env: { '1bad': 'x' } })).rejects.toMatchObject({ kind: 'invalid', facts: { field: 'key' } });
    await expect(world.scripts.get(ADA, name)).rejects.toMatchObject({ code: 'script.not_found' });
  });

  it('is listed by tags that are all there and labels of which one value is, page by page', async () => {
    const tenant = as('ada', 'lists');
    for (const [name, tags, labels] of [
      ['a', ['x', 'y'], { team: ['red', 'blue'] }],
      ['b', ['x'], { team: ['green'] }],
      ['c', ['x', 'y'], {}],
    ] as const)
      await world.scripts.create(tenant, { name, description: '', tags, fromTemplate: '', labels, env: {} }, keyed());
    const list = (filter: object, page = { pageSize: 0, pageToken: '' }) => world.scripts.list(tenant, { tags: [], labels: {}, ...filter }, page);
    const found = async (filter: object) => (await list(filter)).items.map(({ name }) => name);

    expect(await found({ tags: ['x', 'y'] })).toEqual(['a', 'c']);
    expect(await found({ labels: { team: ['green', 'blue'] } })).toEqual(['a', 'b']);
    const first = await list({ tags: ['x'] }, { pageSize: 2, pageToken: '' });
    expect(first).toMatchObject({ items: [{ name: 'a' }, { name: 'b' }], total: 3 });
    const second = await list({ tags: ['x'] }, { pageSize: 2, pageToken: first.nextPageToken });
    expect(second).toMatchObject({ items: [{ name: 'c' }], nextPageToken: '' });
    await expect(list({ tags: ['y'] }, { pageSize: 2, pageToken: first.nextPageToken })).rejects.toMatchObject({
      code: 'script.page_token',
      facts: { field: 'page_token' },
    });
    await expect(list({}, { pageSize: 1_001, pageToken: '' })).rejects.toMatchObject({ code: 'script.request', facts: { field: 'page_size' } });
  });

  it('is gone with its versions and environment when it is deleted, and its name is free', async () => {
    const name = fresh();
    await world.published(ADA, name, emits(1));
    await world.environment.updateScript(ADA, name, { set: { A: 'b' }, delete: [] });
    await world.scripts.delete(ADA, name);

    await expect(world.scripts.version(ADA, name, 1)).rejects.toMatchObject({ code: 'script.not_found' });
    await create(name);
    expect(await world.environment.ofScript(ADA, name, false)).toEqual([]);
    await expect(world.scripts.delete(as('eve', 'acme'), name)).rejects.toMatchObject({ code: 'script.not_found' });
  });

  it.each([[''], ['../etc'], ['a b'], ['x'.repeat(129)], ['-x'], ['a\u0000b'], ["a'; drop table scripts; --"]])('cannot be called %j', async (name) => {
    expect(await refusal(create(name))).toMatchObject({ kind: 'invalid', code: 'script.name', facts: { field: 'name' } });
    expect(await refusal(world.scripts.get(ADA, name.replaceAll('\u0000', '')))).toMatchObject({ code: 'script.not_found' });
  });
});

describe('a draft', () => {
  it('is kept as it was written, told of its mistakes, and compiled when asked', async () => {
    const name = fresh();
    await create(name);
    await expect(world.scripts.draft(ADA, name)).rejects.toMatchObject({ kind: 'conflict', code: 'script.no_draft' });
    expect(await world.scripts.saveDraft(ADA, name, INVOICE)).toMatchObject({
      content: INVOICE,
      format: 'scriptum',
      status: 'DRAFT',
      diagnostics: [],
      savedBy: 'ada',
    });

    expect(await world.scripts.compileDraft(ADA, name)).toMatchObject({
      ok: true,
      ir: { name: 'invoice-parser' },
      contract: { input: [{ name: 'invoice_id', type: 'text' }] },
    });
    expect(await world.scripts.draft(ADA, name)).toMatchObject({ status: 'COMPILED' });
    expect(await world.scripts.get(ADA, name)).toMatchObject({ status: 'DRAFT', hasDraft: true });
  });

  it('with mistakes can be saved, but not published or tried', async () => {
    const name = fresh();
    await create(name);
    await world.scripts.saveDraft(ADA, name, 'script "x"\n\nemit nobody\n');

    expect(await world.scripts.compileDraft(ADA, name)).toMatchObject({ ok: false, ir: null });
    expect(await world.scripts.draft(ADA, name)).toMatchObject({ status: 'FAILED' });
    const refused = await refusal(world.scripts.publish(ADA, name, '', keyed()));
    expect(refused).toMatchObject({ kind: 'invalid', code: 'script.invalid', facts: { field: 'content', diagnostics: [{ line: 3, severity: 'error' }] } });
    await expect(world.scripts.testDraft(ADA, name, { inputJson: '', timeout: '', loadEnv: false, metadata: {} }, keyed())).rejects.toMatchObject({
      code: 'script.invalid',
    });
  });

  it('that imports a native tool which is not there has an error where it says so', async () => {
    const name = fresh();
    await create(name);
    await world.scripts.saveDraft(
      ADA,
      name,
      'script "x"\n\nimport tools\n  htttp from native\n\ndo "Fetch" with htttp -> page\n  url = "https://example.com"\n\nemit page\n',
    );
    const { ok, diagnostics } = await world.scripts.compileDraft(ADA, name);

    expect(ok).toBe(false);
    expect(diagnostics).toContainEqual(expect.objectContaining({ line: 4, severity: 'error', hint: 'Did you mean http?' }));
  });

  it.each([['x'.repeat(1024 * 1024 + 1)], ['script "x"\n\u0000']])('that is too large or no text is refused', async (content) => {
    const name = fresh();
    await create(name);
    await expect(world.scripts.saveDraft(ADA, name, content)).rejects.toMatchObject({ kind: 'invalid', code: 'script.content', facts: { field: 'content' } });
  });
});

describe('publishing', () => {
  it('makes versions that never change, of which the last is active', async () => {
    const name = fresh();
    await world.published(ADA, name, emits(1));
    await world.scripts.saveDraft(ADA, name, emits(2));
    await world.scripts.publish(ADA, name, 'second', keyed());

    expect(await world.scripts.version(ADA, name, 0)).toMatchObject({ version: 2, status: 'ACTIVE', notes: 'second', content: emits(2) });
    expect(await world.scripts.version(ADA, name, 1)).toMatchObject({ status: 'SUPERSEDED', content: emits(1) });
    await expect(world.scripts.version(ADA, name, 3)).rejects.toMatchObject({ kind: 'not_found', code: 'script.version_not_found' });
    expect((await world.scripts.versions(ADA, name, { pageSize: 1, pageToken: '' })).items.map(({ version }) => version)).toEqual([2]);
  });

  it('of what is active already makes no version, also where many do it at once', async () => {
    const name = fresh();
    await create(name);
    await world.scripts.saveDraft(ADA, name, emits(7));
    const published = await Promise.all(Array.from({ length: 5 }, () => world.scripts.publish(ADA, name, '', keyed())));

    expect(published.map(({ version }) => version)).toEqual([1, 1, 1, 1, 1]);
    expect(await world.scripts.get(ADA, name)).toMatchObject({ status: 'ACTIVE', activeVersion: 1, latestVersion: 1 });
  });

  it('answers a repeated request with what it published, whatever was published since', async () => {
    const name = fresh();
    await create(name);
    await world.scripts.saveDraft(ADA, name, emits(1));
    await world.scripts.publish(ADA, name, '', keyed(`publish-${name}`));
    await world.scripts.saveDraft(ADA, name, emits(2));
    await world.scripts.publish(ADA, name, '', keyed());

    expect(await world.scripts.publish(ADA, name, '', keyed(`publish-${name}`))).toMatchObject({ version: 1, status: 'SUPERSEDED' });
    expect(await world.scripts.get(ADA, name)).toMatchObject({ activeVersion: 2 });
  });

  it('can be taken back to any version, and without a number to the one before', async () => {
    const name = fresh();
    await world.published(ADA, name, emits(1));
    await expect(world.scripts.rollback(ADA, name, 0)).rejects.toMatchObject({ code: 'script.version_not_found' });
    for (const value of [2, 3]) {
      await world.scripts.saveDraft(ADA, name, emits(value));
      await world.scripts.publish(ADA, name, '', keyed());
    }

    expect(await world.scripts.rollback(ADA, name, 1)).toMatchObject({ version: 1, status: 'ACTIVE' });
    expect(await world.scripts.rollback(ADA, name, 0)).toMatchObject({ version: 3, status: 'ACTIVE' });
    await expect(world.scripts.rollback(ADA, name, 9)).rejects.toMatchObject({ code: 'script.version_not_found' });
    await expect(world.scripts.rollback(ADA, name, -1)).rejects.toMatchObject({ code: 'script.request', facts: { field: 'version' } });
  });
});

describe('templates', () => {
  it('can all be compiled, and a script begins from one', async () => {
    const templates = world.scripts.templates({ tags: [] });
    expect(templates.map(({ name }) => name)).toEqual(['invoice-parser', 'page-digest', 'research-report', 'support-triage']);
    for (const { name, description, tags } of templates) {
      expect(description).not.toBe('');
      expect(tags.length).toBeGreaterThan(0);
      const script = fresh();
      await create(script, { fromTemplate: name });
      expect({ name, ...(await world.scripts.compileDraft(ADA, script)) }).toMatchObject({ name, ok: true, diagnostics: [] });
    }
    expect(world.scripts.template('invoice-parser').content).toBe(INVOICE);
    await expect(create(fresh(), { fromTemplate: 'nothing' })).rejects.toMatchObject({ kind: 'not_found', code: 'script.template_not_found' });
  });

  it('are found by their tags', () => {
    expect(world.scripts.templates({ tags: ['agent'] }).map(({ name }) => name)).toEqual(['research-report']);
  });
});

describe('tools', () => {
  it('are listed by where they come from and what is said of them', async () => {
    const native = await world.scripts.tools(ADA, { source: 'native', query: '' });
    expect(native.map(({ name }) => name)).toEqual(expect.arrayContaining(['http', 'llm', 'uuid']));
    expect((await world.scripts.tools(ADA, { source: 'native', query: 'HTTP' })).map(({ name }) => name)).toContain('http');
    expect(await world.scripts.tools(ADA, { source: 'nowhere', query: '' })).toEqual([]);
  });
});
