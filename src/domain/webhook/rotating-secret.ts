/** Secrets of webhooks and triggers while they are replaced. */
import type { RotatingSecret } from '../../contracts/webhook';

/** Those that count now, the newest first. */
export const countingSecrets = ({ secret, previous }: RotatingSecret, nowMs: number): readonly string[] =>
  previous && Date.parse(previous.until) > nowMs ? [secret, previous.secret] : [secret];

interface NewSecret {
  readonly secret: string;
  readonly rotation: string;
}

/** A new secret in the place of the known one, which counts for `graceSeconds` more. */
export const replacedSecret = (known: RotatingSecret, { secret, rotation }: NewSecret, graceSeconds: number, nowMs: number): RotatingSecret => ({
  ...{ secret, rotation },
  previous: graceSeconds === 0 ? null : { secret: known.secret, until: new Date(nowMs + graceSeconds * 1_000).toISOString() },
});
