/** What a tool observed, small enough for an entry of the ledger. */
import type { ToolOutcome } from '../../src/contracts/run/ports';

/** Bytes of an output's JSON; more is cut, and says so. */
export const OUTPUT_MAX = 256 * 1024;
const KEPT = 32 * 1024;

export function boundedOutput(output: ToolOutcome['output']): ToolOutcome['output'] {
  const text = JSON.stringify(output);
  const bytes = Buffer.byteLength(text);
  return bytes <= OUTPUT_MAX ? output : { truncated: true, bytes, beginning: text.slice(0, KEPT) };
}
