/**
 * Values at rest that a copy of the database must not give away: AES-256-GCM, bound to the row they belong to.
 *
 * A sealed value is a version byte (1), a 12-byte nonce, a 16-byte tag and the ciphertext. The key's id is stored beside it: new values are
 * sealed with the current key, older ones open with theirs as long as the caller still supplies it.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { Fault } from '../errors/fault';

export interface SealingKeys {
  /** Id of the key that seals. */
  readonly current: string;
  /** Keys of 32 bytes by id; ids at most 64 characters. */
  readonly keys: Readonly<Record<string, Uint8Array>>;
}

export interface Sealed {
  readonly keyId: string;
  readonly bytes: Buffer;
}

const VERSION = 1;
const NONCE = 12;
const TAG = 16;

function keyOf(keys: SealingKeys, id: string): Uint8Array {
  const key = keys.keys[id];
  if (!key) throw new Fault('internal', 'store.sealing_key_missing', `No sealing key named ${id} is configured.`, { keyId: id });
  if (key.length !== 32)
    throw new Fault('internal', 'store.sealing_key_invalid', `The sealing key ${id} has ${key.length} bytes; 32 are needed.`, { keyId: id });
  return key;
}

/** `owner` names the row; the value opens only under the same owner. */
export function seal(keys: SealingKeys, owner: string, value: string): Sealed {
  const nonce = randomBytes(NONCE);
  const cipher = createCipheriv('aes-256-gcm', keyOf(keys, keys.current), nonce);
  cipher.setAAD(Buffer.from(owner));
  const body = Buffer.concat([cipher.update(value, 'utf8'), cipher.final()]);
  return { keyId: keys.current, bytes: Buffer.concat([Buffer.from([VERSION]), nonce, cipher.getAuthTag(), body]) };
}

/** Fault `store.unsealing_failed` (internal) when the bytes were changed, moved to another owner or sealed with another key of that id. */
export function open(keys: SealingKeys, owner: string, sealed: Sealed): string {
  const key = keyOf(keys, sealed.keyId);
  try {
    if (sealed.bytes[0] !== VERSION) throw new Fault('internal', 'store.unsealing_failed', 'The sealed value has an unknown version.');
    const decipher = createDecipheriv('aes-256-gcm', key, sealed.bytes.subarray(1, 1 + NONCE));
    decipher.setAAD(Buffer.from(owner));
    decipher.setAuthTag(sealed.bytes.subarray(1 + NONCE, 1 + NONCE + TAG));
    return Buffer.concat([decipher.update(sealed.bytes.subarray(1 + NONCE + TAG)), decipher.final()]).toString('utf8');
  } catch (error) {
    throw new Fault('internal', 'store.unsealing_failed', 'A sealed value could not be opened.', { keyId: sealed.keyId }, error as Error);
  }
}
