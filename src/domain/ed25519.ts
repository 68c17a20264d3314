/** Ed25519 signatures (RFC 8032) in the form that runs, policies and packages use: keys and signatures as hex, over the UTF-8 of a text. For processes with Node only. */
import { createPublicKey, sign, verify, type KeyObject } from 'node:crypto';

const KEY_HEX = /^[0-9a-f]{64}$/i;
const SIGNATURE_HEX = /^[0-9a-f]{128}$/i;

/** The 32 bytes of a key's public half, as 64 hex digits. */
export const publicKeyHex = (key: KeyObject): string => Buffer.from(createPublicKey(key).export({ format: 'jwk' }).x ?? '', 'base64url').toString('hex');

/** 128 hex digits. */
export const signText = (privateKey: KeyObject, text: string): string => sign(null, Buffer.from(text), privateKey).toString('hex');

/** Null for what is no key. */
export function publicKeyOf(hex: string): KeyObject | null {
  if (!KEY_HEX.test(hex)) return null;
  try {
    return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: Buffer.from(hex, 'hex').toString('base64url') }, format: 'jwk' });
  } catch {
    return null;
  }
}

/** False also for keys and signatures of another form. `publicKey`: hex, or what {@link publicKeyOf} made of it, for those who check many. */
export function isSignedBy(publicKey: string | KeyObject, text: string, signature: string): boolean {
  const key = typeof publicKey === 'string' ? publicKeyOf(publicKey) : publicKey;
  if (!key || !SIGNATURE_HEX.test(signature)) return false;
  try {
    return verify(null, Buffer.from(text), key, Buffer.from(signature, 'hex'));
  } catch {
    return false;
  }
}
