#!/usr/bin/env node
/**
 * Adds to package-lock.json what a registry that offers only some platforms left out of it: the optional packages of all the others. Run it after a dependency was
 * added or updated with such a registry; a tidy test says when it is needed.
 *
 * Without the entries `npm ci` refuses the lock everywhere, because its packages ask for more than it names. An entry holds what npm needs to decide that a
 * package is not for this platform, and on its own platform to fetch it: the exact version, and the platform that its name spells out.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ROOT } from './root.mjs';

const LOCK = join(ROOT, 'package-lock.json');
const SYSTEMS = ['aix', 'android', 'darwin', 'freebsd', 'linux', 'openbsd', 'openharmony', 'sunos', 'win32'];
const PROCESSORS = ['arm64', 'arm', 'ia32', 'loong64', 'mips64el', 'ppc64', 'riscv64', 's390x', 'x64'];

/** `@swc/core-linux-arm64-musl` is for linux, arm64, musl. */
function platformOf(name) {
  const words = name.split(/[-/]/);
  const os = words.find((word) => SYSTEMS.includes(word));
  const cpu = words.find((word) => PROCESSORS.includes(word));
  if (!os || !cpu) return null;
  const libc = words.some((word) => word.startsWith('musl')) ? 'musl' : words.some((word) => word.startsWith('gnu')) ? 'glibc' : null;
  return { cpu: [cpu], ...(os === 'linux' && libc && { libc: [libc] }), os: [os] };
}

/** Optional packages that packages of the lock ask for by exact version and that it does not name. */
export function missingFrom(packages) {
  const missing = [];
  for (const [path, entry] of Object.entries(packages)) {
    for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
      const places = [`${path}/node_modules/${name}`, `node_modules/${name}`];
      if (places.some((place) => packages[place]) || !/^\d/.test(version)) continue;
      missing.push({ name, version, dev: entry.dev === true });
    }
  }
  return missing;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const lock = JSON.parse(readFileSync(LOCK, 'utf8'));
  for (const { name, version, dev } of missingFrom(lock.packages)) {
    const platform = platformOf(name);
    if (!platform) throw new Error(`cannot tell the platform of ${name}`);
    lock.packages[`node_modules/${name}`] = { version, ...platform, ...(dev && { dev: true }), optional: true };
  }
  const [root, ...others] = Object.entries(lock.packages);
  others.sort(([a], [b]) => a.localeCompare(b, 'en'));
  lock.packages = Object.fromEntries([root, ...others]);
  writeFileSync(LOCK, `${JSON.stringify(lock, null, 2)}\n`);
}
