/**
 * Secrets of a thread's environment. A value that holds one travels by reference only, and is redacted where people see it: in views, in events and in what failed. Values of fewer than
 * {@link SECRET_MIN} characters would hide ordinary words, and are not looked for.
 */
import { REDACTED } from '../redaction';

export const SECRET_MIN = 6;

const sought = (secrets: readonly string[]): readonly string[] => secrets.filter(({ length }) => length >= SECRET_MIN);

/** Whether one of them stands somewhere in a text or a key. */
export function holdsSecret(value: unknown, secrets: readonly string[]): boolean {
  const wanted = sought(secrets);
  if (wanted.length === 0) return false;
  const text = JSON.stringify(value) ?? '';
  return wanted.some((secret) => text.includes(JSON.stringify(secret).slice(1, -1)));
}

/** The same value without them; keys too. */
export function withoutSecrets(secrets: readonly string[]): <T>(value: T) => T {
  const wanted = [...sought(secrets)].sort((a, b) => b.length - a.length);
  const clean = (text: string): string => wanted.reduce((left, secret) => left.replaceAll(secret, REDACTED), text);
  const walk = (value: unknown): unknown => {
    if (typeof value === 'string') return clean(value);
    if (Array.isArray(value)) return value.map(walk);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [clean(name), walk(item)]));
  };
  return <T>(value: T): T => (wanted.length === 0 ? value : (walk(value) as T));
}
