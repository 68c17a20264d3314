/**
 * Signatures of webhooks, outgoing and inbound (seed 001, digest 2.11): hex HMAC-SHA256 with the secret over `timestamp + "." + body`, or over the body alone; `sha256=` stands before
 * it. A header may hold several with commas between them, while a secret is being replaced.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { SignatureScheme } from '../../contracts/webhook';

/** Signatures that one header may hold. */
const SIGNATURES_MAX = 4;

const hmac = (secret: string, parts: readonly (string | Uint8Array)[]): Buffer => {
  const mac = createHmac('sha256', secret);
  for (const part of parts) mac.update(part);
  return mac.digest();
};

const signed = (scheme: SignatureScheme, timestamp: string, body: string | Uint8Array): readonly (string | Uint8Array)[] =>
  scheme === 'body' ? [body] : [`${timestamp}.`, body];

/** The header's value. */
export const signatureOf = (secrets: readonly string[], scheme: SignatureScheme, timestamp: string, body: string | Uint8Array): string =>
  secrets.map((secret) => `sha256=${hmac(secret, signed(scheme, timestamp, body)).toString('hex')}`).join(', ');

/** Whether one of the header's signatures was made with one of the secrets. The time that it takes says nothing about how far a guess was right. */
export function isSignedBy(secrets: readonly string[], scheme: SignatureScheme, timestamp: string, body: Uint8Array, header: string): boolean {
  const given = header
    .split(',', SIGNATURES_MAX)
    .map((part) => /^\s*(?:sha256=)?([0-9a-f]{64})\s*$/i.exec(part)?.[1])
    .flatMap((hex) => (hex === undefined ? [] : [Buffer.from(hex, 'hex')]));
  const expected = secrets.map((secret) => hmac(secret, signed(scheme, timestamp, body)));
  return expected.map((mac) => given.map((guess) => timingSafeEqual(mac, guess)).includes(true)).includes(true);
}
