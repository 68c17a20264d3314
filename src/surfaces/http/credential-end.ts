/** The end of a credential while something is open that it opened: a stream or a socket must not outlive the right to have it. */
import type { Principal } from '../../contracts/principal';

/** Timers run for at most so long; a token that lives longer is not watched. */
const TIMER_MAX_MS = 2 ** 31 - 1;

/** Calls `ended` once, when the key is revoked or expires or the token expires. Returns the function that stops watching. */
export function onCredentialEnd({ valid, expiresAt }: Principal, ended: () => void): () => void {
  const left = expiresAt === undefined ? Infinity : expiresAt - Date.now();
  const timer = left <= TIMER_MAX_MS ? setTimeout(ended, Math.max(0, left)) : undefined;
  timer?.unref();
  valid?.addEventListener('abort', ended, { once: true });
  if (valid?.aborted) ended();
  return () => {
    clearTimeout(timer);
    valid?.removeEventListener('abort', ended);
  };
}
