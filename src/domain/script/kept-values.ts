/**
 * Values of scripts in the blob store. Small ones travel as they are; large ones are one blob of JSON; lists that are too large for one are an index of pages of items, so that a loop
 * goes through them page by page and adds to them without reading what is there. What holds a secret of the environment is a blob however small it is, and says so, so that what is made of it is one too.
 */
import { fitsInline, jsonBytes, VALUE_MAX, type StoredValue } from '../../contracts/execution/value';
import type { Json } from '../../contracts/pattern/json';
import { ITEMS_MAX } from '../../contracts/script/start';
import { Fault } from '../../errors/fault';
import { inTurns } from '../in-turns';

/** What is needed of the blob store. */
export interface TextStore {
  put(tenant: string, value: string): Promise<string>;
  get(tenant: string, ref: string): Promise<string | null>;
}

/** No JSON begins so. */
const SECRET = 'secret:';
const LIST = 'list:';

const PAGE_ITEMS = 500;
const PAGE_BYTES = 256 * 1024;
/** Bytes of JSON of a list that is kept in pages. */
export const LIST_BYTES_MAX = 64 * 1024 * 1024;
/** Bytes of JSON that are put together to be read as a whole. */
export const WHOLE_MAX = 16 * 1024 * 1024;
const READ_AT_ONCE = 8;

interface Index {
  readonly total: number;
  readonly bytes: number;
  readonly pages: readonly { readonly ref: string; readonly count: number; readonly bytes: number }[];
}

const tooLarge = (bytes: number, max: number): Fault =>
  new Fault('invalid', 'script.value_too_large', `A value has ${bytes} bytes of JSON; at most ${max} are kept.`, { bytes, max });
const gone = (ref: string): Fault => new Fault('not_found', 'script.value_missing', 'A value of the thread is not stored any more.', { ref });

export class KeptValues {
  constructor(
    private readonly blobs: TextStore,
    private readonly tenant: string,
  ) {}

  /** Fault `script.value_too_large` (invalid). `secret`: it holds one. */
  async keep(value: Json, { secret = false } = {}): Promise<StoredValue> {
    if (!secret && fitsInline(value)) return { value };
    const text = JSON.stringify(value);
    const bytes = jsonBytes(value);
    if (bytes <= VALUE_MAX) return { ref: await this.blobs.put(this.tenant, `${secret ? SECRET : ''}${text}`), bytes };
    if (!Array.isArray(value)) throw tooLarge(bytes, VALUE_MAX);
    const items: StoredValue[] = [];
    for (const item of value as readonly Json[]) items.push(await this.keep(item, { secret }));
    return this.append(null, items);
  }

  /** With the items behind those of `list`. Faults `script.value_too_large`, `script.too_many_items` (both invalid). */
  async append(list: StoredValue | null, items: readonly StoredValue[]): Promise<StoredValue> {
    const before = list === null ? { total: 0, bytes: 2, pages: [] } : await this.#asIndex(list);
    const last = before.pages.at(-1);
    // What fits is added to the last page, so that many small steps do not make many small pages.
    const open = last && last.count < PAGE_ITEMS && last.bytes < PAGE_BYTES ? last : null;
    const there = open ? await this.#page(open.ref) : [];
    const pages = [...(open ? before.pages.slice(0, -1) : before.pages)];
    for (const page of inPages([...there, ...items]))
      pages.push({ ref: await this.blobs.put(this.tenant, JSON.stringify(page)), count: page.length, bytes: sum(page) });
    const index: Index = { total: before.total + items.length, bytes: before.bytes + sum(items), pages };
    if (index.total > ITEMS_MAX)
      throw new Fault('invalid', 'script.too_many_items', `A list of ${index.total} items; at most ${ITEMS_MAX} are kept.`, { max: ITEMS_MAX });
    if (index.bytes > LIST_BYTES_MAX) throw tooLarge(index.bytes, LIST_BYTES_MAX);
    return { ref: await this.blobs.put(this.tenant, `${LIST}${JSON.stringify(index)}`), bytes: index.bytes };
  }

  /** Faults `script.value_missing`, `script.value_too_large`. `secret`: what comes of it may hold one. */
  async read(stored: StoredValue, max = WHOLE_MAX): Promise<{ readonly value: Json; readonly secret: boolean }> {
    if ('value' in stored) return { value: stored.value as Json, secret: false };
    const { text, secret } = await this.readText(stored, max);
    return { value: JSON.parse(text) as Json, secret };
  }

  /** As JSON. */
  async readText(stored: StoredValue, max = WHOLE_MAX): Promise<{ readonly text: string; readonly secret: boolean }> {
    if ('value' in stored) return { text: JSON.stringify(stored.value), secret: false };
    const { body, secret, index } = await this.#blob(stored.ref);
    if (!index) return { text: body, secret };
    if (index.bytes > max) throw tooLarge(index.bytes, max);
    const items = (await inTurns(index.pages, READ_AT_ONCE, ({ ref }) => this.#page(ref))).flat();
    const texts = await inTurns(items, READ_AT_ONCE, (item) => this.readText(item, max));
    return { text: `[${texts.map(({ text }) => text).join(',')}]`, secret: texts.some((each) => each.secret) };
  }

  /** Fault `script.not_a_list` (invalid). Items of a list that holds a secret are kept as such. */
  async page(list: StoredValue, from: number, count: number): Promise<{ readonly items: readonly StoredValue[]; readonly total: number }> {
    const kept = 'ref' in list ? await this.#blob(list.ref) : null;
    if (kept?.index) return { items: await this.#between(kept.index, from, count), total: kept.index.total };
    const value = kept ? (JSON.parse(kept.body) as Json) : ((list as { readonly value: unknown }).value as Json);
    if (!Array.isArray(value)) throw notAList();
    const items: StoredValue[] = [];
    for (const item of (value as readonly Json[]).slice(from, from + count)) items.push(await this.keep(item, { secret: kept?.secret ?? false }));
    return { items, total: value.length };
  }

  async #between({ pages }: Index, from: number, count: number): Promise<readonly StoredValue[]> {
    const items: StoredValue[] = [];
    let begins = 0;
    for (const page of pages) {
      const ends = begins + page.count;
      if (ends > from && begins < from + count) items.push(...(await this.#page(page.ref)).slice(Math.max(0, from - begins), from + count - begins));
      begins = ends;
    }
    return items;
  }

  /** A list that is one value becomes one of pages. */
  async #asIndex(list: StoredValue): Promise<Index> {
    const kept = 'ref' in list ? await this.#blob(list.ref) : null;
    if (kept?.index) return kept.index;
    const { items } = await this.page(list, 0, ITEMS_MAX);
    const paged = await this.append(null, items);
    return (await this.#blob((paged as { readonly ref: string }).ref)).index as Index;
  }

  async #page(ref: string): Promise<readonly StoredValue[]> {
    const text = await this.blobs.get(this.tenant, ref);
    if (text === null) throw gone(ref);
    return JSON.parse(text) as readonly StoredValue[];
  }

  async #blob(ref: string): Promise<{ readonly body: string; readonly secret: boolean; readonly index: Index | null }> {
    const text = await this.blobs.get(this.tenant, ref);
    if (text === null) throw gone(ref);
    if (text.startsWith(LIST)) return { body: '', secret: false, index: JSON.parse(text.slice(LIST.length)) as Index };
    const secret = text.startsWith(SECRET);
    return { body: secret ? text.slice(SECRET.length) : text, secret, index: null };
  }
}

const bytesOf = (item: StoredValue): number => ('value' in item ? jsonBytes(item.value) : item.bytes) + 1;
const sum = (items: readonly StoredValue[]): number => items.reduce((bytes, item) => bytes + bytesOf(item), 0);

/** An item that is a reference takes little room in its page. */
function inPages(items: readonly StoredValue[]): readonly (readonly StoredValue[])[] {
  const pages: StoredValue[][] = [];
  let room = 0;
  for (const item of items) {
    const bytes = 'value' in item ? bytesOf(item) + 16 : 110;
    const page = pages.at(-1);
    if (page && page.length < PAGE_ITEMS && bytes <= room) page.push(item);
    else {
      pages.push([item]);
      room = PAGE_BYTES;
    }
    room -= bytes;
  }
  return pages;
}

export const notAList = (): Fault => new Fault('invalid', 'script.not_a_list', 'Expected a list.', {});
