/** The rotation of a secret, of a webhook as of a trigger: a repeated request finds its own, and of two at once one is told that the secret is another by now. */
import { randomUUID } from 'node:crypto';
import type { RotatingSecret } from '../contracts/webhook';
import { replacedSecret } from '../domain/webhook/rotating-secret';

interface Request {
  readonly tenant: string;
  readonly route: string;
  readonly key: string | null;
  readonly body: unknown;
}

interface Once {
  /** Makes a row once for each `Idempotency-Key`. */
  once<T>(
    request: Request,
    newId: string,
    row: { readonly find: (id: string) => Promise<T | null>; readonly make: (id: string) => Promise<T> },
  ): Promise<{ readonly row: T; readonly replayed: boolean }>;
}

interface Rotated<T> {
  get(): Promise<T>;
  secrets(): Promise<RotatingSecret>;
  newSecret(): string;
  /** For so many seconds the secret of before counts too. */
  readonly graceSeconds: number;
  /** Null when the secret is no longer the one that the caller had seen. */
  replace(secrets: RotatingSecret): Promise<T | null>;
  /** Throws that it is not. */
  changed(): never;
}

/** `secret` is null in the answer to a repeated request. */
export async function rotateSecret<T>(deps: Once, request: Request, rotated: Rotated<T>): Promise<{ readonly row: T; readonly secret: string | null }> {
  let secret: string | null = null;
  const find = async (rotation: string): Promise<T | null> => ((await rotated.secrets()).rotation === rotation ? rotated.get() : null);
  const make = async (rotation: string): Promise<T> => {
    const known = await rotated.secrets();
    const next = { secret: rotated.newSecret(), rotation };
    const row = known.rotation === rotation ? null : await rotated.replace(replacedSecret(known, next, rotated.graceSeconds, Date.now()));
    if (row !== null) secret = next.secret;
    return row ?? (await find(rotation)) ?? rotated.changed();
  };
  const { row } = await deps.once<T>(request, `rot_${randomUUID()}`, { find, make });
  return { row, secret };
}
