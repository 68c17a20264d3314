/** Tools under names that every provider takes: letters, digits, dash and underscore, at most 64. Ours may have dots and be longer. */
import { createHash } from 'node:crypto';

const FITS = /^[A-Za-z0-9_-]{1,64}$/;

export interface WireNames {
  readonly toWire: (name: string) => string;
  readonly fromWire: (wire: string) => string;
}

export function wireNames(names: readonly string[]): WireNames {
  const taken = new Map(names.filter((name) => FITS.test(name)).map((name) => [name, name]));
  const wires = new Map<string, string>();
  for (const name of names) {
    const plain = name.replace(/[^A-Za-z0-9_-]/g, '_');
    const marked = `${plain.slice(0, 55)}_${createHash('sha256').update(name).digest('hex').slice(0, 8)}`;
    const wire = FITS.test(name) ? name : plain.length <= 64 && !taken.has(plain) ? plain : marked;
    taken.set(wire, name);
    wires.set(name, wire);
  }
  return {
    toWire: (name) => wires.get(name) ?? name.replace(/[^A-Za-z0-9_-]/g, '_').slice(0, 64),
    // A name that is not on offer stays as the model wrote it, and is rejected as such.
    fromWire: (wire) => taken.get(wire) ?? wire,
  };
}
