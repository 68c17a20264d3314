/** Arguments of a command that name something outside of the workspace. */
import { isAbsolute, relative, resolve } from 'node:path';
import { refused } from '../tool';
import { partsOf, PATH_MAX, type Workspace } from '../workspace/confined-path';

/** What an argument may name: itself, the value of an option (`--file=x`), and what follows a short option (`-I/usr/include`). */
function namedIn(arg: string): readonly string[] {
  const value = /^--?[\w-]+=(.*)$/s.exec(arg)?.[1];
  const attached = arg.startsWith('-') && arg.includes('/') ? arg.slice(arg.indexOf('/')) : null;
  return [arg, value, attached].filter((each) => each != null && each !== '' && each.length <= PATH_MAX && !each.startsWith('-')) as readonly string[];
}

/**
 * Fault `tool.refused` for an argument that leads out of the workspace, through links too. Which arguments are paths is not known, so all are looked at as if they were: a text such as
 * `/usr` that was meant as a text is refused as well. URLs are left alone.
 */
export async function assertInside(workspace: Workspace, cwd: string, stages: readonly (readonly string[])[]): Promise<void> {
  for (const [program = '', ...args] of stages) {
    for (const arg of args) {
      if (/^[a-z][a-z0-9+.-]*:\/\//i.test(arg)) continue;
      for (const named of namedIn(arg)) {
        const at = isAbsolute(named) ? named : relative(workspace.root, resolve(cwd, named)) || '.';
        await partsOf(workspace, at).catch(() => {
          throw refused(`${program}: the argument ${JSON.stringify(arg.slice(0, 200))} leads out of the workspace.`, { field: 'command', program });
        });
      }
    }
  }
}
