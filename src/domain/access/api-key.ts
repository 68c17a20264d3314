/**
 * The form of an API key (seed 001 "API Key"; the digest's `rt_live_…` and `rt_test_…` are the same under another prefix): a prefix that says what
 * it is, and 256 random bits in base 62.
 */
import { createHash } from 'node:crypto';

export const KEY_PREFIXES = ['pk_live', 'rt_live', 'rt_test'] as const;
export type KeyPrefix = (typeof KEY_PREFIXES)[number];

const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
/** Digits that 256 bits need in base 62. */
const LENGTH = 43;
export const KEY_BYTES = 32;

const FORM = new RegExp(`^(?:${KEY_PREFIXES.join('|')})_[0-9A-Za-z]{${LENGTH}}$`);

/** `random` has {@link KEY_BYTES} bytes. */
export function keyOf(prefix: KeyPrefix, random: Uint8Array): string {
  let rest = BigInt(`0x${Buffer.from(random).toString('hex')}`);
  let text = '';
  for (let at = 0; at < LENGTH; at++) {
    text = DIGITS.charAt(Number(rest % 62n)) + text;
    rest /= 62n;
  }
  return `${prefix}_${text}`;
}

/** A new key with what is stored of it. */
export function newKey(prefix: KeyPrefix, random: Uint8Array): { readonly key: string; readonly hash: string; readonly hint: string } {
  const key = keyOf(prefix, random);
  return { key, hash: keyHash(key), hint: keyHint(key) };
}

/** Whether a text could be a key at all; what could not is refused without a look into the database. */
export const isKey = (text: string): boolean => FORM.test(text);

/** What is stored of a key: SHA-256 in hex. A slow hash would protect what can be guessed; this cannot. */
export const keyHash = (key: string): string => createHash('sha256').update(key).digest('hex');

/** `pk_live_…x4Zq`: enough to recognise one's own key by. */
export const keyHint = (key: string): string => `${key.slice(0, key.lastIndexOf('_') + 1)}…${key.slice(-4)}`;
