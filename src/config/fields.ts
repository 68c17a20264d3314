/** Kinds of values that variables of the environment have. An empty variable counts as not set before these are asked. */
import { resolve } from 'node:path';
import { z } from 'zod';

export const port = (fallback: number) =>
  z
    .string()
    .regex(/^\d{1,5}$/, 'expected a port number')
    .transform(Number)
    .refine((value) => value <= 65_535, 'expected at most 65535')
    .default(fallback);
export const count = (fallback: number, { min, max }: { min: number; max: number }) =>
  z
    .string()
    .regex(/^\d{1,15}$/, 'expected a whole number')
    .transform(Number)
    .refine((value) => value >= min && value <= max, `expected ${min} to ${max}`)
    .default(fallback);
export const text = z.string().max(4_096);
export const words = text.regex(/^[\x20-\x7e]+$/, 'expected printable ASCII characters');
export const path = text.transform((value) => resolve(value));
export const url = (protocols: readonly string[]) =>
  text.refine(
    (value) => URL.canParse(value) && protocols.includes(new URL(value).protocol),
    `expected a URL that starts with ${protocols.map((name) => `${name}//`).join(' or ')}`,
  );
export const address = z
  .string()
  .max(256)
  .regex(/^[A-Za-z0-9.:[\]_-]+$/, 'expected a host name or an address');

/** Parts between commas, without the blanks around them. */
export const list = text.transform((value) =>
  value
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean),
);
/** At most 100 names, separated by commas. */
export const names = (of: string) =>
  list.refine(
    (list) => list.length > 0 && list.length <= 100 && list.every((name) => /^[A-Za-z_][A-Za-z0-9_:./-]*$/.test(name)),
    `expected names of ${of}, separated by commas`,
  );

const Network = z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()]);
export const isNetwork = (value: string): boolean => Network.safeParse(value).success;
export const isOrigin = (value: string): boolean =>
  URL.canParse(value) && ['http:', 'https:'].includes(new URL(value).protocol) && new URL(value).origin === value;
/** Requests a minute; 0: no limit; not set: what the mode brings along. */
export const rate = z
  .string()
  .regex(/^\d{1,9}$/, 'expected requests a minute, or 0 for no limit')
  .transform(Number)
  .optional();

/** Waits between tries, at most ten of a day at most. */
export const delays = list
  .refine(
    (parts) => parts.length <= 10 && parts.every((part) => /^\d{1,8}$/.test(part) && Number(part) <= 86_400_000),
    'expected at most 10 waits in milliseconds, separated by commas',
  )
  .transform((parts) => parts.map(Number));
export const flag = z.enum(['true', 'false', '1', '0'], 'expected true or false').transform((value) => value === 'true' || value === '1');
