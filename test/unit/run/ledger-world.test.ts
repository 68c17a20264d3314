import fc from 'fast-check';
import type { DeltaOp } from '../../../src/contracts/run/protocol';
import { worldAt } from '../../../src/domain/run/ledger/replay';
import { foldWorld, LedgerWorld } from '../../../src/domain/run/ledger/world';
import { chainOf, newHash, peer } from '../../support/ledger';

const create = (id: string, value: number): DeltaOp => ({ op: 'create', kind: 'kv', id, value });
const replace = (id: string, expected_version: number, value: number): DeltaOp => ({ op: 'replace', kind: 'kv', id, expected_version, value });
const retract = (id: string, expected_version: number): DeltaOp => ({ op: 'retract', kind: 'kv', id, expected_version, reason: 'no longer so' });
const worldOf = (...deltas: readonly (readonly DeltaOp[])[]): LedgerWorld => {
  const { world, problem } = foldWorld(chainOf(newHash(), deltas));
  expect(problem).toBeNull();
  return world;
};

describe('a world', () => {
  it('of a peer is what the peer showed, at its head and before', () => {
    const shown = worldAt(peer.entries);

    expect({ ...shown, resources: shown.resources.map(({ kind, id, version, value }) => ({ kind, id, version, value })) }).toEqual(peer.worldAtHead);
    expect(worldAt(peer.entries.slice(0, 4))).toMatchObject({
      seq: 3,
      commits_replayed: 3,
      head_commit: `commit:85b358e76f662a7d6e54be04dcb4921beec62abbbdaaf035f406e73d7f076775`,
    });
    expect(worldAt(peer.entries.slice(0, 1))).toEqual({ seq: 0, commits_replayed: 0, head_commit: null, resources: [] });
  });

  it('tells what was retracted from what is there, and lets it come back by its version', () => {
    const retracted = worldOf([create('a', 1), create('b', 2)], [retract('a', 1)]);
    expect(retracted.get('kv', 'a')).toMatchObject({ version: 2, retracted: true, value: 1 });
    expect(retracted.get('kv', 'b')).toMatchObject({ version: 1, retracted: false });
    expect(retracted.get('kv', 'c')).toBeNull();
    expect(retracted.problemWith([create('a', 3)])).toMatchObject({ reason: 'exists' });

    expect(worldOf([create('a', 1)], [retract('a', 1)], [replace('a', 2, 3)]).get('kv', 'a')).toMatchObject({ version: 3, retracted: false, value: 3 });
  });

  it.each([
    ['a second creation', [create('a', 2)], 'exists', 'kv:a is there already, at version 1'],
    ['a replacement of nothing', [replace('b', 1, 2)], 'missing', 'kv:b is not there'],
    ['a replacement of another version', [replace('a', 2, 2)], 'version', 'kv:a is at version 1, not at 2'],
    ['a retraction of nothing', [retract('b', 1)], 'missing', 'kv:b is not there'],
    ['a retraction of another version', [retract('a', 7)], 'version', 'kv:a is at version 1, not at 7'],
    ['a second retraction', [retract('a', 1), retract('a', 2)], 'retracted', 'kv:a was retracted at version 2'],
    ['a second creation in one delta', [create('b', 1), create('b', 2)], 'exists', 'kv:b is there already, at version 1'],
  ])('refuses %s', (_what, delta, reason, message) => {
    expect(worldOf([create('a', 1)]).problemWith(delta)).toMatchObject({ reason, message, index: delta.length - 1 });
  });

  it('counts the earlier operations of a delta', () => {
    expect(worldOf([create('a', 1), replace('a', 1, 2), replace('a', 2, 3)]).get('kv', 'a')).toMatchObject({ version: 3, value: 3 });
  });

  it('takes nothing of a delta that does not fit, and stops there', () => {
    const chain = chainOf(newHash(), [[create('a', 1)], [create('b', 1), replace('a', 9, 9)], [create('c', 1)]]);

    const { world, commits, problem } = foldWorld(chain);

    expect(problem).toMatchObject({ reason: 'version', id: 'a', index: 1, entry: { seq: 2 } });
    expect(commits).toBe(1);
    expect(world.resources.map(({ id }) => id)).toEqual(['a']);
  });

  it('keeps kinds and ids apart, whatever characters they have', () => {
    const world = worldOf([
      { op: 'create', kind: 'a', id: '","b', value: 1 },
      { op: 'create', kind: 'a","', id: 'b', value: 2 },
      { op: 'create', kind: '__proto__', id: '__proto__', value: 3 },
    ]);

    expect(world.get('a', '","b')?.value).toBe(1);
    expect(world.get('a","', 'b')?.value).toBe(2);
    expect(world.get('__proto__', '__proto__')?.value).toBe(3);
    expect(world.resources).toHaveLength(3);
  });

  it('has a hash that says every value, version, commit and retraction, and not the order of creation', () => {
    const hashes = [
      new LedgerWorld().hash(),
      worldOf([create('a', 1)]).hash(),
      worldOf([create('a', 1)]).hash(),
      worldOf([create('a', 1)], [replace('a', 1, 1)]).hash(),
      worldOf([create('a', 1)], [retract('a', 1)]).hash(),
    ];
    expect(new Set(hashes).size).toBe(hashes.length);

    const commit = newHash();
    const resource = (id: string) => [`["kv","${id}"]`, { kind: 'kv', id, version: 1, value: 1, retracted: false, last_commit: commit }] as const;
    expect(new LedgerWorld(new Map([resource('a'), resource('b')])).hash()).toBe(new LedgerWorld(new Map([resource('b'), resource('a')])).hash());
  });

  it('is the same whether a list of changes comes in one commit or in many', () => {
    const id = fc.constantFrom('a', 'b', 'c');
    const version = fc.integer({ min: 1, max: 4 });
    const op = fc.oneof(
      fc.tuple(id, fc.integer()).map(([name, value]) => create(name, value)),
      fc.tuple(id, version, fc.integer()).map(([name, expected, value]) => replace(name, expected, value)),
      fc.tuple(id, version).map(([name, expected]) => retract(name, expected)),
    );
    const seen = { fits: 0 };
    fc.assert(
      fc.property(fc.array(op, { maxLength: 12 }), (ops) => {
        // Each is taken only if it fits, so that what remains is a history that could have been.
        const fitting: DeltaOp[] = [];
        for (const next of ops) if (new LedgerWorld().problemWith([...fitting, next]) === null) fitting.push(next);
        seen.fits += fitting.length;
        const strip = (world: LedgerWorld) => world.resources.map(({ last_commit: _, ...resource }) => resource);

        const [whole, single] = [worldOf(fitting), worldOf(...fitting.map((each) => [each]))];

        expect(strip(whole)).toEqual(strip(single));
        for (const { kind, id: name, version: last } of whole.resources) {
          expect(last).toBe(fitting.filter((each) => each.kind === kind && each.id === name).length);
        }
      }),
    );
    expect(seen.fits).toBeGreaterThan(100);
  });
});
