/** Values and artifacts of scripts over a blob store in memory: how they are kept, read, paged, added to, and what is refused. */
import type { StoredValue } from '../../../src/contracts/execution/value';
import type { Json } from '../../../src/contracts/pattern/json';
import { keepBytes, readBytes } from '../../../src/domain/script/kept-bytes';
import { KeptValues } from '../../../src/domain/script/kept-values';
import { createHash } from 'node:crypto';

class Blobs {
  readonly kept = new Map<string, Uint8Array>();
  reads = 0;

  put(tenant: string, value: string): Promise<string> {
    return this.putBytes(tenant, Buffer.from(value));
  }
  async get(tenant: string, ref: string): Promise<string | null> {
    const bytes = await this.getBytes(tenant, ref);
    return bytes && Buffer.from(bytes).toString('utf8');
  }
  putBytes(tenant: string, bytes: Uint8Array): Promise<string> {
    expect(bytes.length).toBeLessThanOrEqual(1024 * 1024);
    const ref = createHash('sha256').update(bytes).digest('hex');
    this.kept.set(`${tenant}/${ref}`, Uint8Array.from(bytes));
    return Promise.resolve(ref);
  }
  getBytes(tenant: string, ref: string): Promise<Uint8Array | null> {
    this.reads += 1;
    return Promise.resolve(this.kept.get(`${tenant}/${ref}`) ?? null);
  }
}

let blobs: Blobs;
let values: KeptValues;
beforeEach(() => {
  blobs = new Blobs();
  values = new KeptValues(blobs, 'default');
});
const inline = (...items: readonly Json[]): readonly StoredValue[] => items.map((value) => ({ value }));
const many = (count: number, size = 1): Json[] => Array.from({ length: count }, (_each, at) => `${at}${'x'.repeat(size)}`);

it('small values travel, large ones do not', async () => {
  expect(await values.keep({ a: 1 })).toEqual({ value: { a: 1 } });
  const large = await values.keep('x'.repeat(9_000));
  expect(large).toEqual({ ref: expect.stringMatching(/^[0-9a-f]{64}$/), bytes: 9_002 });
  expect(await values.read(large)).toEqual({ value: 'x'.repeat(9_000), secret: false });
});

it('a value that looks like one of our own marks is a value', async () => {
  for (const text of ['secret:"x"', 'list:{"pages":[]}', '{"parts":[]}']) {
    const kept = await values.keep(text.padEnd(9_000));
    expect(await values.read(kept)).toEqual({ value: text.padEnd(9_000), secret: false });
  }
});

it('a secret is kept however small it is, and so is what is in it', async () => {
  const secret = await values.keep(['a', 'b'], { secret: true });

  expect(secret).toHaveProperty('ref');
  expect(await values.read(secret)).toEqual({ value: ['a', 'b'], secret: true });
  const { items } = await values.page(secret, 1, 1);
  expect(items).toEqual([{ ref: expect.any(String), bytes: 3 }]);
  expect(await values.read(items[0]!)).toEqual({ value: 'b', secret: true });
  const list = await values.append(null, [...inline(1), ...items]);
  expect(await values.read(list)).toEqual({ value: [1, 'b'], secret: true });
});

it('a list that is too large for one blob is kept in pages, and is the same when it is read', async () => {
  const list = many(40_000, 10);

  const kept = await values.keep(list);

  expect(await values.read(kept)).toEqual({ value: list, secret: false });
  expect(JSON.parse((await values.readText(kept)).text)).toEqual(list);
});

it.each([
  [0, 3, ['0x', '1x', '2x']],
  [499, 3, ['499x', '500x', '501x']],
  [1_198, 5, ['1198x', '1199x']],
  [5_000, 5, []],
])('a page from %i on has %i items at most', async (from, count, items) => {
  const list = await values.append(null, inline(...many(1_200)));

  expect(await values.page(list, from, count)).toEqual({ items: inline(...items), total: 1_200 });
});

it('adding reads and writes the last page alone, however long the list is', async () => {
  let list = await values.append(null, inline(...many(20_000)));
  blobs.reads = 0;
  const before = blobs.kept.size;

  list = await values.append(list, inline('last'));

  expect(blobs.reads).toBeLessThanOrEqual(2);
  expect(blobs.kept.size - before).toBe(2);
  expect(await values.page(list, 19_999, 5)).toEqual({ items: inline('19999x', 'last'), total: 20_001 });
});

it('many small additions make few pages', async () => {
  let list: StoredValue | null = null;
  for (const item of many(1_000)) list = await values.append(list, inline(item));
  blobs.reads = 0;

  expect(await values.page(list!, 0, 1_000)).toEqual({ items: inline(...many(1_000)), total: 1_000 });
  expect(blobs.reads).toBeLessThanOrEqual(4);
});

it('adds to a list that travels, and to one that is a single blob', async () => {
  expect((await values.page(await values.append({ value: [1] }, inline(2)), 0, 5)).items).toEqual(inline(1, 2));
  const single = await values.keep(many(1_000, 10));
  expect(await values.page(await values.append(single, inline('end')), 1_000, 5)).toEqual({ items: inline('end'), total: 1_001 });
});

it.each([
  ['no list', async () => values.page({ value: { a: 1 } }, 0, 1), 'script.not_a_list'],
  ['a value that is too large', async () => values.keep({ text: 'x'.repeat(600_000) }), 'script.value_too_large'],
  ['more items than there may be', async () => values.append(await values.append(null, inline(...many(100_000))), inline(1)), 'script.too_many_items'],
  ['a reference that nobody wrote', async () => values.read({ ref: 'a'.repeat(64), bytes: 1 }), 'script.value_missing'],
  ['a whole that is too large to be read', async () => values.read(await values.keep(many(40_000, 10)), 1_000), 'script.value_too_large'],
])('refuses %s', async (_what, ask, code) => {
  await expect(ask()).rejects.toMatchObject({ code });
});

it('bytes are kept in parts and read back, of their tenant alone', async () => {
  const bytes = new Uint8Array(2 * 1024 * 1024 + 3).map((_each, at) => at % 251);

  const ref = await keepBytes(blobs, 'default', bytes);

  expect(Buffer.compare(await readBytes(blobs, 'default', ref), bytes)).toBe(0);
  await expect(readBytes(blobs, 'acme', ref)).rejects.toMatchObject({ code: 'script_tool.artifact_gone' });
  expect(await readBytes(blobs, 'default', await keepBytes(blobs, 'default', new Uint8Array()))).toHaveLength(0);
  await expect(keepBytes(blobs, 'default', new Uint8Array(16 * 1024 * 1024 + 1))).rejects.toMatchObject({ code: 'script_tool.artifact_too_large' });
});

it('bytes that look like an index, and values, are no artifacts', async () => {
  const ref = await blobs.put('default', '{"parts":["x"],"bytes":"many"}');
  await expect(readBytes(blobs, 'default', ref)).rejects.toMatchObject({ code: 'script_tool.artifact_gone' });
});
