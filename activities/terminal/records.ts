/** Reading a session's records file as it grows. Lines are written by src/ptyd/record.ts. */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { z } from 'zod';
import type { SessionRecord } from '../agents/adapter';

/** Records that a view shows; older ones are dropped. */
const RECORDS_MAX = 2_000;
/** Bytes of the file's end that are read when it has grown beyond that. */
const TAIL_BYTES = 32 * 1024 * 1024;
const CHUNK_BYTES = 1024 * 1024;

const Line = z.object({ source: z.string(), at: z.number(), data: z.record(z.string(), z.unknown()) });

const parsed = (text: string): SessionRecord | null => {
  try {
    return Line.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
};

export class RecordsReader {
  private position = 0;
  private partial = Buffer.alloc(0);
  private entries: { readonly start: number; readonly record: SessionRecord }[] = [];

  constructor(private readonly file: string) {}

  /** Reads what was added since the last time. A line without its end waits; one that is not a record is passed over. */
  read(): void {
    let fd: number;
    try {
      fd = openSync(this.file, 'r');
    } catch {
      return;
    }
    try {
      const { size } = fstatSync(fd);
      if (size - this.position > TAIL_BYTES) this.skipTo(size - TAIL_BYTES);
      const chunk = Buffer.alloc(Math.min(CHUNK_BYTES, Math.max(0, size - this.position)));
      for (let count = 1; this.position < size && count > 0;) {
        count = readSync(fd, chunk, 0, chunk.length, this.position);
        this.take(chunk.subarray(0, count));
      }
    } finally {
      closeSync(fd);
    }
  }

  /** All records, oldest first, and how many of them begin before `bytes` of the file. */
  since(bytes: number): { readonly records: readonly SessionRecord[]; readonly before: number } {
    const firstAfter = this.entries.findIndex(({ start }) => start >= bytes);
    return { records: this.entries.map(({ record }) => record), before: firstAfter < 0 ? this.entries.length : firstAfter };
  }

  private skipTo(position: number): void {
    this.position = position;
    this.partial = Buffer.alloc(0);
    this.entries = [];
  }

  private take(bytes: Buffer): void {
    const all = Buffer.concat([this.partial, bytes]);
    const base = this.position - this.partial.length;
    let from = 0;
    for (let end = all.indexOf(10); end >= 0; end = all.indexOf(10, from)) {
      const record = parsed(all.toString('utf8', from, end));
      if (record) this.entries.push({ start: base + from, record });
      from = end + 1;
    }
    this.partial = Buffer.from(all.subarray(from));
    this.position += bytes.length;
    if (this.entries.length > RECORDS_MAX) this.entries = this.entries.slice(-RECORDS_MAX);
  }
}
