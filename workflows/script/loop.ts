/**
 * `each` and `pipe`: a block for every item of a list. So many at one time, no more taken up than may wait for their turn (back-pressure), and handed on in the order of the items. `pipe` takes items up in
 * batches: no item of the next batch begins before all of the one before are handed on.
 */
import { ITEMS_MAX, PARALLEL_MAX } from '../../src/contracts/script/start';
import { TEXT_MAX } from '../../src/contracts/script/events';
import { jsonBytes, fitsInline, type StoredValue } from '../../src/contracts/execution/value';
import { stepFault } from '../../src/domain/script/thread/failure';
import { labelOf } from '../../src/domain/script/thread/outline';
import type { LoopProgress } from '../../src/domain/script/thread/progress';
import { countItems, Items } from './items';
import { lanes } from './lanes';
import { yieldValue } from './output';
import { innerBlock, type Flow, type Performed, type Performing, type StepOf } from './performing';
import { durationOf } from './repeat';
import { countOf, plainOf, valueOf } from './values';

type Looping = Performing<StepOf<'iterate' | 'pipe'>>;

/** Items that may have ended before their turn. */
const WINDOW = 1_000;
/** Values that are kept together, by their number or their size. */
const BUFFER_ITEMS = 200;
const BUFFER_BYTES = 16 * 1024;
/** Of values that wait for their turn. */
const AHEAD_BYTES = 128 * 1024;
/** How often it is told how far a loop is. */
const TOLD_EVERY = 100;

export async function performLoop(at: Looping): Promise<Performed> {
  at.begun.loop ??= await opened(at);
  const loop = new Loop(at, at.begun.loop);
  const flow = await lanes(Array.from({ length: Math.min(at.begun.loop.parallel, at.begun.loop.total) }, () => () => loop.work()));
  return flow ? { value: null, flow } : { value: await loop.collected() };
}

async function opened(at: Looping): Promise<LoopProgress> {
  const { step, shell, path } = at;
  const source = await (step.primitive === 'iterate' ? valueOf(at, 'list', step.list) : valueOf(at, 'source', step.source));
  const total = await countItems(shell, path, source);
  if (total > ITEMS_MAX) throw stepFault({ code: 'loop.too_many_items', message: `Expected at most ${ITEMS_MAX} items, found ${total}.` });
  const parallel = await countOf(at, 'parallel', step.parallel, { min: 1, max: PARALLEL_MAX, otherwise: 1 });
  const batch = step.primitive === 'pipe' ? await countOf(at, 'batch', step.batch, { min: 1, max: WINDOW, otherwise: 0 }) : 0;
  const sleepMs = step.primitive === 'iterate' && step.sleep !== undefined ? durationOf(await plainOf(at, 'sleep', step.sleep)) : 0;
  return { list: source, total, parallel, window: WINDOW, batch, sleepMs, done: 0, kept: null, buffer: [], ahead: {} };
}

class Loop {
  private readonly items: Items;
  private next: number;
  private handing = false;
  private bufferBytes: number;
  private aheadBytes: number;
  /** When the next item may begin, where there is a sleep between them. */
  private free = 0;
  private readonly collects: boolean;
  private readonly streams: boolean;

  constructor(
    private readonly at: Looping,
    private readonly loop: LoopProgress,
  ) {
    const { shell, path, step, wanted } = at;
    this.items = new Items(shell, path, loop.list);
    this.next = loop.done;
    this.bufferBytes = loop.buffer.reduce((sum, value) => sum + jsonBytes(value), 0);
    this.aheadBytes = Object.values(loop.ahead).reduce((sum, value) => sum + jsonBytes(value), 0);
    // What a pipe forwards item by item is not told once more as a list.
    this.streams = step.primitive === 'pipe' && step.stream === true;
    this.collects = !this.streams && (wanted || step.bind !== undefined || step.stream === true);
  }

  /** One of those that work at one time: one item after the other. */
  async work(): Promise<Flow> {
    const { loop } = this;
    for (;;) {
      while (String(this.next) in loop.ahead) this.next += 1;
      const index = this.next++;
      if (index >= loop.total) return this.last();
      const flow = await this.item(index);
      if (flow.kind !== 'next') return flow;
    }
  }

  private async item(index: number): Promise<Flow> {
    const { at, loop } = this;
    const { shell, step, path, names, walk } = at;
    await shell.actor.until(() => index < this.limit() && (this.aheadBytes < AHEAD_BYTES || index === loop.done));
    if (loop.sleepMs > 0 && index > 0) await this.spaced();
    const inside = names.inner();
    inside.set(step.item, await this.items.at(index));
    if (step.primitive === 'iterate' && step.index !== undefined) inside.set(step.index, { value: index });
    const flow = await walk(step.steps, innerBlock(at, index, inside, this.collects || this.streams));
    if (flow.kind !== 'next') return flow;
    loop.ahead[String(index)] = flow.value;
    this.aheadBytes += jsonBytes(flow.value);
    shell.progress.closePart(path, index);
    await this.hand();
    return flow;
  }

  /** Indexes below this may begin. */
  private limit(): number {
    const { done, batch, window } = this.loop;
    return batch > 0 ? (Math.floor(done / batch) + 1) * batch : done + window;
  }

  private async spaced(): Promise<void> {
    const begins = Math.max(this.free, Date.now() + this.loop.sleepMs);
    this.free = begins + this.loop.sleepMs;
    await this.at.shell.sleepUntil(begins, `${this.at.path} sleep`);
  }

  /** Hands on, in order, what has ended: one at a time, whoever comes first for all. */
  private async hand(): Promise<void> {
    const { at, loop } = this;
    if (this.handing) return;
    this.handing = true;
    try {
      for (let value = loop.ahead[String(loop.done)]; value !== undefined; value = loop.ahead[String(loop.done)]) {
        if (this.streams && value !== null) await yieldValue(at, value);
        if (this.collects) this.collect(value ?? { value: null });
        delete loop.ahead[String(loop.done)];
        this.aheadBytes -= jsonBytes(value);
        loop.done += 1;
        this.tell();
        if (loop.buffer.length >= BUFFER_ITEMS || this.bufferBytes >= BUFFER_BYTES) await this.flush();
      }
    } finally {
      this.handing = false;
    }
  }

  private collect(value: StoredValue): void {
    this.loop.buffer.push(value);
    this.bufferBytes += jsonBytes(value);
  }

  private tell(): void {
    const { at, loop } = this;
    if (loop.done % TOLD_EVERY !== 0 && loop.done !== loop.total) return;
    const label = labelOf(at.step)?.slice(0, TEXT_MAX) ?? null;
    at.shell.record({ type: 'items_progressed', data: { path: at.path, label, done: loop.done, of: loop.total } });
  }

  private async flush(): Promise<void> {
    const { at, loop } = this;
    const { shell, path } = at;
    const { buffer: items, kept: append } = loop;
    loop.kept = await shell.call(() => shell.short(`${path} keep what ${loop.done} items gave`).keepList({ tenant: shell.start.tenant, append, items }));
    loop.buffer = [];
    this.bufferBytes = 0;
  }

  /** What another one is handing on is handed on when all have ended. */
  private async last(): Promise<Flow> {
    await this.at.shell.mayGoOn();
    return { kind: 'next', value: null };
  }

  async collected(): Promise<StoredValue | null> {
    await this.hand();
    const { loop } = this;
    if (!this.collects) return null;
    if (loop.kept === null && loop.buffer.every((value) => 'value' in value)) {
      const list = loop.buffer.map((value) => ('value' in value ? value.value : null));
      if (fitsInline(list)) return { value: list };
    }
    if (loop.buffer.length > 0 || loop.kept === null) await this.flush();
    return loop.kept;
  }
}
