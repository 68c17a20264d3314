import { checkExport, readExport } from '../../../src/domain/run/ledger/exported';
import { chainOf, newHash, peer } from '../../support/ledger';

/** As the audit of entries shows them: without parents. */
const shown = (entries: readonly object[]): object[] => entries.map((entry) => ({ ...entry, parent: undefined }));

it('checks what a peer exported, by itself', () => {
  const exported = JSON.stringify({ entries: shown(peer.entries), count: 7 });

  expect(checkExport(readExport(exported), {})).toEqual([{ trajectory_id: peer.branch.source, entries: 7, commits: 6, verdict: { status: 'ok' } }]);
});

it('checks each trajectory of several by itself, in whatever order their entries stand', () => {
  const [one, two] = [chainOf(newHash(), [[], []]), chainOf(newHash(), [[]])];
  const mixed = [...two, ...one].reverse();
  (two[1] as { created_at: number }).created_at = 1;

  expect(checkExport(readExport(JSON.stringify(shown(mixed))), {}).map(({ entries, verdict }) => [entries, verdict.status])).toEqual(
    expect.arrayContaining([
      [3, 'ok'],
      [2, 'ok'],
    ]),
  );
});

it('finds what was changed, also a field that no entry has', () => {
  const changed = structuredClone(peer.entries).map((entry) => ({ ...entry, payload: { ...entry.payload, ...(entry.seq === 3 && { extra: 1 }) } }));

  expect(checkExport(readExport(JSON.stringify(changed)), {})).toMatchObject([{ verdict: { status: 'tampered', what: 'id', seq: 3 } }]);
  expect(checkExport(readExport(JSON.stringify(peer.entries.slice(2))), {})).toMatchObject([{ verdict: { status: 'missing', seq: 0 } }]);
  expect(checkExport(readExport(JSON.stringify(peer.entries)), { requireSignature: true })).toMatchObject([{ verdict: { what: 'signature' } }]);
});

it.each([
  ['no JSON', '{', undefined],
  ['a number', '7', '(body)'],
  ['no list', '{"entries": 3}', '(body)'],
  ['something else', '[{"id": 3}]', '0.id'],
  ['an entry of an unknown kind', JSON.stringify([{ ...peer.entries[0], payload: { type: 'gossip' } }]), '0.payload.type'],
])('says of an export with %s what was expected', (_what, text, field) => {
  expect(() => readExport(text)).toThrow(
    expect.objectContaining({ code: 'ledger.export_invalid', ...(field !== undefined && { facts: expect.objectContaining({ field }) as object }) }),
  );
});
