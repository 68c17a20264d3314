/**
 * Whether what a prompt names lies outside the workspace (policy.requireWorkspaceBoundary). This reads a prompt, it does not confine a
 * process: a program can still do what its command line does not say. Where the text cannot be judged, the answer is yes.
 */

/** Devices that hold nothing. */
const HARMLESS: ReadonlySet<string> = new Set(['/dev/null', '/dev/stdout', '/dev/stderr', '/dev/stdin']);

export function leavesWorkspace(action: { readonly path?: string | undefined; readonly command?: string | undefined }, workspace: string): boolean {
  if (action.path !== undefined && pathLeaves(action.path, workspace)) return true;
  return action.command !== undefined && commandLeaves(action.command, workspace);
}

function pathLeaves(path: string, workspace: string): boolean {
  if (path.startsWith('~') || path.includes('$') || path.includes('\0')) return true;
  const resolved = resolve(workspace, path);
  const root = resolve('/', workspace);
  return resolved !== root && !resolved.startsWith(root === '/' ? '/' : `${root}/`) && !HARMLESS.has(resolved);
}

/**
 * Every word that could be a path is judged as one, from the workspace's top. Variables and command substitution could be anything, and
 * `cd` alone or `cd -` leaves by itself, so these count as leaving.
 */
function commandLeaves(command: string, workspace: string): boolean {
  if (/[$`]/.test(command)) return true;
  if (/(?:^|[\s;&|(])(?:cd|pushd)\s*(?:-\s*)?(?:$|[;&|)\n])/.test(command)) return true;
  const plain = command.replace(/\\/g, '').replace(/\b(?:https?|wss?|ssh|git):\/\/[^\s;&|<>()'"]+/gi, ' ');
  // Quotes are read both ways: gone ('.'. is ..) and as the end of a word (x='/etc').
  return [plain.replace(/['"]/g, ''), plain].some((text) =>
    text
      .split(/[\s'"=<>|;&(){}[\],:@*?!]+/)
      .filter((word) => word.startsWith('~') || word.includes('/') || word === '..')
      .some((word) => pathLeaves(word, workspace)),
  );
}

/** As `path.posix.resolve`, without the process's directory: this runs inside workflows. */
function resolve(base: string, path: string): string {
  const parts: string[] = [];
  for (const part of (path.startsWith('/') ? path : `${base}/${path}`).split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return `/${parts.join('/')}`;
}
