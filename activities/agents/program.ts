/** Finding a CLI's program as the session would: on the PATH of its explicit environment. */
import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';

/** The program's absolute path, or null. A path that is absolute already only has to be an executable file. */
export async function findProgram(name: string, env: Readonly<Record<string, string>>): Promise<string | null> {
  const candidates = isAbsolute(name) ? [name] : (env.PATH ?? '').split(delimiter).flatMap((folder) => (isAbsolute(folder) ? [join(folder, name)] : []));
  for (const candidate of candidates) {
    if (await isExecutable(candidate)) return candidate;
  }
  return null;
}

/** Null when the program is there, else how to get it: the answer of an adapter's `missing`. */
export const missingProgram = async (name: string, env: Readonly<Record<string, string>>, cure: string): Promise<string | null> =>
  (await findProgram(name, env)) ? null : `The program "${name}" is not on the agent's PATH. ${cure}`;

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}
