/** The items of a list: of one that travels as they are, of one that is kept by pages. */
import type { Json } from '../../src/contracts/pattern/json';
import type { StoredValue } from '../../src/contracts/execution/value';
import { stepFault } from '../../src/domain/script/thread/failure';
import type { ScriptShell } from './shell';

/** Items that are read at one time. */
const PAGE = 100;
/** Pages that are held: those who are behind may still read the one before. */
const PAGES_HELD = 2;

export class Items {
  private readonly pages = new Map<number, Promise<readonly StoredValue[]>>();

  constructor(
    private readonly shell: ScriptShell,
    private readonly path: string,
    private readonly list: StoredValue,
  ) {}

  async at(index: number): Promise<StoredValue> {
    if ('value' in this.list) return { value: (this.list.value as readonly Json[])[index] ?? null };
    const page = Math.floor(index / PAGE);
    const held = this.pages.get(page) ?? this.read(page);
    return (await held)[index % PAGE] ?? { value: null };
  }

  private read(page: number): Promise<readonly StoredValue[]> {
    const { list, shell, path } = this;
    const from = page * PAGE;
    const reading = shell
      .call(() => shell.short(`${path} items ${from} to ${from + PAGE - 1}`).readPage({ tenant: shell.start.tenant, list, from, count: PAGE }))
      .then(({ items }) => items);
    this.pages.set(page, reading);
    // Who waits for it hears of it; one that failed is read again.
    reading.catch(() => this.pages.delete(page));
    for (const older of this.pages.keys()) if (this.pages.size > PAGES_HELD) this.pages.delete(older);
    return reading;
  }
}

/** How many there are. */
export async function countItems(shell: ScriptShell, path: string, list: StoredValue): Promise<number> {
  if ('value' in list) {
    if (Array.isArray(list.value)) return list.value.length;
    throw stepFault({ code: 'loop.no_list', message: `Expected a list, found ${JSON.stringify(list.value).slice(0, 100)}.` });
  }
  const { total } = await shell.call(() => shell.short(`${path} how many items`).readPage({ tenant: shell.start.tenant, list, from: 0, count: 1 }));
  return total;
}
