/** Tools that only compute, and those that ask this machine: time and chance are not in expressions, so that a script means the same at every replay. */
import { createHash, randomUUID } from 'node:crypto';
import { blake3 } from '@noble/hashes/blake3';
import { z } from 'zod';
import type { ScriptTool } from '../../contracts/script/tools';
import { Fault } from '../../errors/fault';
import { scriptTool } from '../script-tool';

/** Characters of a text that is hashed or encoded. */
const TEXT_MAX = 1024 * 1024;
const Text = z.string().max(TEXT_MAX);
const Base64 = z.base64().max(2 * TEXT_MAX);

const now = scriptTool({
  name: 'now',
  description: 'The time: `iso` (UTC), `unix_ms`, and `date` and `time` in a time zone.',
  effect: 'read',
  args: z.strictObject({ timezone: z.string().min(1).max(64).default('UTC').describe('Of the IANA list, such as Europe/Berlin.') }),
  perform: ({ timezone }) => {
    const at = new Date();
    return { output: { iso: at.toISOString(), unix_ms: at.getTime(), ...inZone(at, timezone), timezone } };
  },
});

interface ZoneFormats {
  readonly numbers: Intl.DateTimeFormat;
  readonly weekday: Intl.DateTimeFormat;
}

/** Formats by time zone: making one takes longer than all else that a step does. Names have many spellings, so only so many are kept. */
const ZONES_MAX = 100;
const zones = new Map<string, ZoneFormats>();

function formatsOf(timeZone: string): ZoneFormats {
  const known = zones.get(timeZone);
  if (known) return known;
  const made = {
    numbers: new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' }),
    weekday: new Intl.DateTimeFormat('en-GB', { timeZone, weekday: 'long' }),
  };
  if (zones.size >= ZONES_MAX) zones.clear();
  zones.set(timeZone, made);
  return made;
}

function inZone(at: Date, timeZone: string): { readonly date: string; readonly time: string; readonly weekday: string } {
  try {
    const { numbers, weekday } = formatsOf(timeZone);
    const [date = '', time = ''] = numbers.format(at).split(' ');
    return { date, time, weekday: weekday.format(at) };
  } catch {
    throw new Fault('invalid', 'script_tool.arguments', `timezone: expected the name of a time zone, such as Europe/Berlin, found ${timeZone}`, {
      field: 'timezone',
    });
  }
}

const uuid = scriptTool({
  name: 'uuid',
  description: 'A new random UUID (version 4).',
  effect: 'read',
  args: z.strictObject({}),
  perform: () => ({ output: { uuid: randomUUID() } }),
});

const ALGORITHMS = ['sha256', 'sha512', 'sha1', 'md5', 'blake3'] as const;

const hash = scriptTool({
  name: 'hash',
  description: 'A hash of a text (its UTF-8), or of bytes in Base64: `hex` and `base64`.',
  effect: 'pure',
  args: z
    .strictObject({ text: Text.optional(), base64: Base64.optional(), algorithm: z.enum(ALGORITHMS).default('sha256') })
    .refine(({ text, base64 }) => (text === undefined) !== (base64 === undefined), 'expected either text or base64'),
  perform: ({ text, base64, algorithm }) => {
    const bytes = text === undefined ? Buffer.from(base64 ?? '', 'base64') : Buffer.from(text, 'utf8');
    const digest = algorithm === 'blake3' ? Buffer.from(blake3(bytes)) : createHash(algorithm).update(bytes).digest();
    return { output: { algorithm, hex: digest.toString('hex'), base64: digest.toString('base64') } };
  },
});

const base64 = scriptTool({
  name: 'base64',
  description: 'A text as Base64 of its UTF-8 (`text`), or the text that Base64 says (`base64`).',
  effect: 'pure',
  args: z
    .strictObject({ text: Text.optional(), base64: Base64.optional() })
    .refine(({ text, base64: encoded }) => (text === undefined) !== (encoded === undefined), 'expected either text or base64'),
  perform: ({ text, base64: encoded }) => {
    if (text !== undefined) return { output: { base64: Buffer.from(text, 'utf8').toString('base64'), text } };
    return { output: { base64: encoded ?? '', text: decoded(Buffer.from(encoded ?? '', 'base64')) } };
  },
});

function decoded(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new Fault('invalid', 'script_tool.arguments', 'base64: expected Base64 of a text in UTF-8', { field: 'base64' });
  }
}

export const valueTools: readonly ScriptTool[] = [now, uuid, hash, base64];
