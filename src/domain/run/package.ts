/** What is hashed of a package, and what it adds to a registry (digest §2.26). */
import type { PackageKind } from '../../contracts/run/package';
import { hashOfText, ledgerJson } from './ledger/hash';

/**
 * The kind as the peer serialises it: compact, its own members in the order in which they are declared, those of the manifest and of `env` sorted. The peer writes `1.0` for a
 * float without a fraction and JSON in JavaScript `1`: such a manifest has another hash here.
 */
export function serialisedKind(kind: PackageKind): string {
  const members =
    kind.type === 'manifest' ? { type: kind.type, manifest: kind.manifest } : { type: kind.type, command: kind.command, args: kind.args, env: kind.env };
  return `{${Object.entries(members)
    .map(([name, value]) => `"${name}":${ledgerJson(value)}`)
    .join(',')}}`;
}

/** BLAKE3-256 of that, 64 hex digits. */
export const kindHash = (kind: PackageKind): string => hashOfText(serialisedKind(kind));

/** The tool's name, or what the names of a server's tools begin with. */
export function providedBy(name: string, kind: PackageKind): string {
  if (kind.type === 'mcp_server') return `mcp_${name.replaceAll(/[^A-Za-z0-9.-]/g, '_')}_`;
  const { name: tool } = kind.manifest;
  return typeof tool === 'string' ? tool : '';
}

/** Whether the worker starts a program for it. */
export function startsProgram(kind: PackageKind): boolean {
  if (kind.type === 'mcp_server') return true;
  const { executor } = kind.manifest;
  return typeof executor === 'object' && executor !== null && !Array.isArray(executor) && executor['kind'] === 'shell';
}

interface Provided {
  readonly kind: Pick<PackageKind, 'type'>;
  readonly provides: string;
}

const covers = (a: Provided, b: Provided): boolean => (a.kind.type === 'mcp_server' ? b.provides.startsWith(a.provides) : a.provides === b.provides);

/** Whether two packages may add a tool of the same name. */
export const collide = (a: Provided, b: Provided): boolean => covers(a, b) || covers(b, a);
