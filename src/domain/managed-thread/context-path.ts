/** Where a context file may lie, as far as its path alone tells. What links on the host's disk make of it, preparation looks at. */
import { Fault } from '../../errors/fault';

const FIELD = 'contextFiles';
const PART_BYTES_MAX = 255;

export const contextFileOutside = (path: string): Fault =>
  new Fault('invalid', 'thread.context_file_outside_workspace', `The context file ${path} would leave the workspace.`, { field: FIELD, path });

const invalid = (path: string, why: string): Fault => new Fault('invalid', 'thread.context_file_invalid', why, { field: FIELD, path });

/** `docs/./a.md` as `docs/a.md`. Faults (invalid): `thread.context_file_outside_workspace`, `thread.context_file_invalid`. */
export function contextPath(path: string): string {
  if (path.startsWith('/') || /^[A-Za-z]:[\\/]/.test(path)) throw contextFileOutside(path);
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..' && parts.pop() === undefined) throw contextFileOutside(path);
    if (part !== '..' && part !== '.' && part !== '') parts.push(part);
  }
  const names = !/(?:^|\/)\.{0,2}$/.test(path) && !path.includes('\0');
  if (!names || parts.length === 0 || parts.some((part) => new TextEncoder().encode(part).length > PART_BYTES_MAX))
    throw invalid(path, `${JSON.stringify(path)} cannot be the path of a file.`);
  if (parts.some((part) => part.toLowerCase() === '.git')) throw invalid(path, `The context file ${path} would change git's own files.`);
  return parts.join('/');
}
