/** What may be asked of scripts: bounds of names, texts and maps. Each refusal names the field. */
import { z } from 'zod';
import type { ListPage, PageRequest } from '../contracts/script/ports';
import { parse } from '../contracts/parse';
import { Fault } from '../errors/fault';

/** Scripts of one tenant, and versions of one script. */
export const SCRIPT_BOUNDS = { scripts: 10_000, versions: 10_000 } as const;
/** Variables of a tenant, and of one script. */
export const VARIABLES_MAX = { tenant: 1_000, script: 200 } as const;
/** Bytes of a script. */
export const CONTENT_MAX = 1024 * 1024;
const PAGE_DEFAULT = 50;
const PAGE_MAX = 1_000;

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;

const labels = z
  .record(z.string().min(1).max(64), z.array(z.string().max(256)).max(32))
  .refine((given) => Object.keys(given).length <= 32, 'expected at most 32 keys');
const tags = z.array(z.string().min(1).max(64)).max(32);

export const NewScriptRequest = z.object({ description: z.string().max(2_000), tags, labels, fromTemplate: z.string().max(128) });
export const ScriptFilterRequest = z.object({ tags, labels });
export const Notes = z.object({ notes: z.string().max(4_000) });

export const VariableKey = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,127}$/, 'expected letters, digits and underscores, no digit first, at most 128');
/** Bytes of a value are at most four times its characters, and a sealed one may have 64 KiB. */
export const VariableValue = z.string().max(16_000);
export const Variable = z.object({ key: VariableKey, value: VariableValue, description: z.string().max(1_000) });

export const ThreadMetadata = z.object({
  metadata: z.record(z.string().min(1).max(128), z.string().max(1_024)).refine((given) => Object.keys(given).length <= 64, 'expected at most 64 entries'),
});

/** Fault `script.request` (invalid). */
export const requested = <S extends z.ZodType>(schema: S, value: unknown): z.output<S> => parse(schema, value, 'script.request');

/** Fault `script.name` (invalid). */
export function assertName(name: string, field = 'name'): void {
  if (NAME.test(name)) return;
  const reason = 'expected 1 to 128 letters, digits, dots, dashes and underscores, a letter or digit first';
  throw new Fault('invalid', 'script.name', `${field}: ${reason}`, { field, reason });
}

/** Fault `script.content` (invalid). */
export function assertContent(content: string): void {
  const bytes = Buffer.byteLength(content);
  const reason =
    bytes > CONTENT_MAX ? `expected at most ${CONTENT_MAX} bytes, found ${bytes}` : content.includes('\u0000') ? 'expected a text without U+0000' : null;
  if (reason !== null) throw new Fault('invalid', 'script.content', `content: ${reason}`, { field: 'content', reason });
}

/** Tokens of pages: signed, and good only for the list that gave them out. `purpose`: whose list it is, and its filter. */
export interface PageTokens {
  seal(purpose: readonly unknown[], place: string): string;
  /** Fault `script.page_token` (invalid). */
  open(purpose: readonly unknown[], token: string): string;
}

export interface Page {
  readonly limit: number;
  /** Where the page before ended; null: from the beginning. */
  readonly place: string | null;
  /** The answer; `place`: where this page ended, null where it is the last. */
  answer<T>(items: readonly T[], place: string | null): ListPage<T>;
}

/** Faults `script.request`, `script.page_token` (both invalid). */
export function pageOf(tokens: PageTokens, purpose: readonly unknown[], { pageSize, pageToken }: PageRequest): Page {
  if (!Number.isInteger(pageSize) || pageSize < 0 || pageSize > PAGE_MAX) {
    const reason = `expected a whole number from 0 to ${PAGE_MAX}`;
    throw new Fault('invalid', 'script.request', `page_size: ${reason}`, { field: 'page_size', reason });
  }
  return {
    limit: pageSize === 0 ? PAGE_DEFAULT : pageSize,
    place: pageToken === '' ? null : tokens.open(purpose, pageToken),
    answer: (items, place) => ({ items, nextPageToken: place === null ? '' : tokens.seal(purpose, place) }),
  };
}

export const scriptNotFound = (name: string): Fault =>
  new Fault('not_found', 'script.not_found', 'There is no script of this name.', { name: name.slice(0, 200) });
export const versionNotFound = (name: string, version: number): Fault =>
  new Fault('not_found', 'script.version_not_found', version === 0 ? `No version of ${name} is published.` : `There is no version ${version} of ${name}.`, {
    name,
    version,
  });
