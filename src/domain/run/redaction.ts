/**
 * Secrets of runs: the usual rules (src/domain/redaction.ts) with the keys that the peer's list has besides (digest §4.9) and its mark. Keys count by their words, not by parts of
 * words: `auth` and `session` hide their values, `author`, `tokens` and `session_id` do not. Applied to what models say and propose, to what tools answer and change, and to the
 * frames and logs that tell of it.
 */
import { redactor, type RedactionRules } from '../redaction';

export const RUN_REDACTION: RedactionRules = { mark: '***REDACTED***', lastWords: new Set(['auth', 'session', 'sessions']) };

export const runRedactor = (knownValues: readonly string[]): (<T>(value: T) => T) => redactor(knownValues, RUN_REDACTION);
