import {
  AUTHORITY_POLICY,
  bareId,
  branchTrajectoryId,
  childTrajectoryId,
  commitId,
  entryId,
  intentId,
  nonceOf,
  policySetHash,
  prefixedId,
  proposalId,
  skillId,
  trajectoryId,
} from '../../../src/domain/run/ledger/ids';
import { hashOfText, ledgerJson } from '../../../src/domain/run/ledger/hash';
import { LedgerWorld } from '../../../src/domain/run/ledger/world';
import { peer } from '../../support/ledger';

describe('the hashes that a peer made', () => {
  it('are made the same here for every entry and every commit', () => {
    expect(peer.entries).toHaveLength(7);
    expect(peer.entries.map(({ payload }) => entryId(payload))).toEqual(peer.entries.map(({ id }) => id));
    const commits = peer.entries.flatMap(({ payload }) => (payload.type === 'commit' ? [payload] : []));
    expect(commits).toHaveLength(6);
    expect(commits.map(({ body }) => commitId(body))).toEqual(commits.map(({ id }) => id));
  });

  it('are made the same here for an intent and its proposal, a skill and a branch', () => {
    expect(intentId({ ...peer.intent.body, nonce: nonceOf(peer.intent.callId) })).toBe(peer.intent.id);
    expect(proposalId(peer.proposal.body)).toBe(peer.proposal.id);
    expect(skillId(peer.skill.skill)).toBe(peer.skill.id);
    expect(branchTrajectoryId(peer.branch.source, peer.branch.commit)).toBe(peer.branch.trajectory);
    const branch = { type: 'branch' as const, source_trajectory_id: peer.branch.source, source_commit_id: peer.branch.commit, note: peer.branch.entry.note };
    expect(entryId(branch)).toBe(peer.branch.entry.id);
  });

  it('are made the same here for a trajectory, the empty world and the set of policies', () => {
    expect(trajectoryId(peer.writId)).toBe(peer.entries[0]?.trajectory_id);
    expect(new LedgerWorld().hash()).toBe(peer.emptyWorldHash);
    expect(policySetHash([AUTHORITY_POLICY])).toBe(peer.policySet.hash);
  });
});

describe('ids', () => {
  it('say a branch once more by the run whose it is', () => {
    const again = branchTrajectoryId(peer.branch.source, peer.branch.commit, 'run-1');

    expect(again).not.toBe(peer.branch.trajectory);
    expect(again).not.toBe(branchTrajectoryId(peer.branch.source, peer.branch.commit, 'run-2'));
  });

  it('of a child trajectory are the hash of its task and proposal', () => {
    expect(childTrajectoryId('find the bug', peer.proposal.id)).toBe(hashOfText(`delegate-find the bug-proposal:${peer.proposal.id}`));
  });

  it('have nonces of sixteen bytes from calls of any length', () => {
    expect(nonceOf('')).toEqual(Array(16).fill(0));
    expect(nonceOf('call_abcdefghijklmnop')).toEqual([...Buffer.from('call_abcdefghijk')]);
    expect(nonceOf('é')).toEqual([0xc3, 0xa9, ...Array(14).fill(0)]);
  });

  it.each(['intent', 'proposal', 'commit', 'trajectory', 'writ', 'skill'] as const)('of a %s are read with and without their prefix', (kind) => {
    expect(bareId(kind, prefixedId(kind, peer.writId))).toBe(peer.writId);
    expect(bareId(kind, peer.writId)).toBe(peer.writId);
    expect(bareId(kind, peer.writId.toUpperCase())).toBe(peer.writId);
  });

  it.each([
    ['too short', 'abc'],
    ['too long', `${'a'.repeat(65)}`],
    ['not hex', 'g'.repeat(64)],
    ['of another kind', `proposal:${'a'.repeat(64)}`],
    ['twice prefixed', `commit:commit:${'a'.repeat(64)}`],
    ['empty', ''],
  ])('that are %s are no ids of commits', (_what, text) => {
    expect(bareId('commit', text)).toBeNull();
  });
});

describe('the text that is hashed', () => {
  it('has keys in the order of their bytes, also beyond U+FFFF', () => {
    const [astral, private_] = ['\u{1F600}', '\uE000'];
    const keys = [astral, private_, 'z', 'A', '', 'é'];

    const text = ledgerJson(Object.fromEntries(keys.map((key) => [key, 1])));

    const sorted = [...keys].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    expect(text).toBe(`{${sorted.map((key) => `${JSON.stringify(key)}:1`).join(',')}}`);
    expect(sorted.indexOf(private_)).toBeLessThan(sorted.indexOf(astral));
  });

  it('keeps nulls and leaves out what is undefined', () => {
    expect(ledgerJson({ b: null, a: undefined, c: [undefined, 'ü'] })).toBe('{"b":null,"c":[null,"ü"]}');
  });
});
