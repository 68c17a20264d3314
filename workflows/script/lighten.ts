/** What a workflow carries into its next run is bounded: values that are too many together are kept, the largest first. */
import { jsonBytes } from '../../src/contracts/execution/value';
import type { ScriptShell } from './shell';

/** Bytes of values that are carried. The server takes 2 MiB for all. */
const CARRIED_MAX = 512 * 1024;

export async function lighten(shell: ScriptShell): Promise<void> {
  const { progress, start } = shell;
  const sized = progress.inlineValues().map(([path, value]) => ({ path, value, bytes: jsonBytes(value) }));
  let sum = sized.reduce((total, { bytes }) => total + bytes, 0);
  for (const { path, value, bytes } of sized.sort((a, b) => b.bytes - a.bytes)) {
    if (sum <= CARRIED_MAX) return;
    // Nothing else is under way: the workflow has come to rest.
    const kept = await shell.short(`keep the value of step ${path}`).keepValue({ tenant: start.tenant, value: 'value' in value ? value.value : null });
    progress.replace(path, kept);
    sum -= bytes;
  }
}
