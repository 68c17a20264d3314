/** What processes have used of the processors: the cost of something that other work on the machine does not change. */
import { readdirSync, readFileSync } from 'node:fs';

/** Linux counts in hundredths of a second for everybody who asks. */
const TICK_MS = 10;

/** A process and all that it has started, ended ones that it has waited for included; milliseconds. Null where /proc is not there. */
export function processorMs(pid: number): number | null {
  if (process.platform !== 'linux') return null;
  const children = childrenByParent();
  let ticks = 0;
  const open = [pid];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const fields = fieldsOf(next);
    // utime, stime, cutime, cstime: fields 14 to 17 of proc(5).
    if (fields) ticks += [11, 12, 13, 14].reduce((sum, at) => sum + Number(fields[at]), 0);
    open.push(...(children.get(next) ?? []));
  }
  return ticks * TICK_MS;
}

/** The fields after the name, which may hold anything: the first one is the state. Null when it ended. */
function fieldsOf(pid: number): readonly string[] | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return null;
  }
}

function childrenByParent(): ReadonlyMap<number, readonly number[]> {
  const children = new Map<number, number[]>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const parent = Number(fieldsOf(Number(name))?.[1] ?? 0);
    children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
  }
  return children;
}
