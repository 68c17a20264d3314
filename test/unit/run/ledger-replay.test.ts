import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import type { LedgerEntry } from '../../../src/contracts/run/protocol';
import { publicKeyHex } from '../../../src/domain/ed25519';
import { anchorOf, merkleRoot } from '../../../src/domain/run/ledger/anchor';
import { signCommit } from '../../../src/domain/run/ledger/commit-signature';
import { hashOfHex } from '../../../src/domain/run/ledger/hash';
import { commitId, entryId } from '../../../src/domain/run/ledger/ids';
import { replay, replaySteps } from '../../../src/domain/run/ledger/replay';
import { verifyLineage, verifyTrajectory } from '../../../src/domain/run/ledger/verify';
import { chainOf, commitDraft, entryAfter, newHash, payloadOf, peer } from '../../support/ledger';

const key = generateKeyPairSync('ed25519').privateKey;
const publicKey = publicKeyHex(key);
const [TRAJECTORY, RUN] = [peer.entries[0]?.trajectory_id as string, '87247af2-4045-4731-a285-51fe261e228a'];
const copy = <T>(value: T): T => structuredClone(value);

/** A trajectory of a root and `commits` signed commits. */
function signedChain(trajectory: string, commits: number): LedgerEntry[] {
  const entries = chainOf(trajectory, []);
  for (let at = 0; at < commits; at++) {
    const last = entries.at(-1) as LedgerEntry;
    const draft = commitDraft(trajectory, last, [{ op: 'create', kind: 'kv', id: `k${at}`, value: at }]);
    if (draft.type !== 'commit') throw new Error('a commit is made of the draft of one');
    const body = signCommit(key, draft.body);
    entries.push(entryAfter(last, trajectory, { type: 'commit', id: commitId(body), body }));
  }
  return entries;
}

describe('replaying', () => {
  it("a peer's run of six commits, which the peer itself cannot, gives its report", () => {
    const report = replay({ runId: RUN, trajectoryId: TRAJECTORY, lineage: peer.entries });

    expect(report).toMatchObject({
      run_id: RUN,
      trajectory_id: `traj:${TRAJECTORY}`,
      ...{ entries_seen: 7, commits_replayed: 6, head_seq: 6, head_commit: 'commit:2d423432a4350cd2ae76cf2a0838c05deb72b3f69f6a5710690232dc745f9d6e' },
      ...{ compiler_versions_seen: ['thymos-compiler/0.0.1'], resources: 3, rejected_proposals: 0, pending_approvals: 0, delegations: 0, branches: 0 },
      signatures: { valid: 0, unknown: 0, unsigned: 6 },
      verdict: { status: 'ok' },
    });
    expect(report.tool_calls.map(({ seq, tool }) => [seq, tool])).toEqual([
      [1, 'kv_set'],
      [2, 'kv_set'],
      [3, 'kv_set'],
      [4, 'kv_get'],
      [5, 'memory_store'],
      [6, 'memory_recall'],
    ]);
    expect(report.final_world_hash).toMatch(/^[0-9a-f]{64}$/);
  });

  it('can be laid aside after every entry', () => {
    const steps = replaySteps({ runId: RUN, trajectoryId: TRAJECTORY, lineage: peer.entries });

    expect([...steps]).toHaveLength(peer.entries.length);
  });

  it('says drift, with the commit, when another compiler or other policies are asked for', () => {
    const compiler = replay({ runId: RUN, trajectoryId: TRAJECTORY, lineage: peer.entries, pins: { requireCompiler: 'thymos-compiler/9.9' } });
    expect(compiler.verdict).toMatchObject({
      ...{ status: 'drift', what: 'compiler_version', expected: 'thymos-compiler/9.9', found: 'thymos-compiler/0.0.1', seq: 1 },
      message:
        'invariant violated: compiler version drift at commit commit:9e3ff6971f2338de3d0d71f3d3126f0b4491d6cc0606a122d1d75f4f5ce25128: pinned thymos-compiler/9.9 got thymos-compiler/0.0.1',
    });

    const policies = replay({ runId: RUN, trajectoryId: TRAJECTORY, lineage: peer.entries, pins: { requirePolicySet: peer.emptyWorldHash } });
    expect(policies.verdict).toMatchObject({ status: 'drift', what: 'policy_set_hash', expected: peer.emptyWorldHash, found: peer.policySet.hash });

    const pins = { requireCompiler: 'thymos-compiler/0.0.1', requirePolicySet: peer.policySet.hash };
    expect(replay({ runId: RUN, trajectoryId: TRAJECTORY, lineage: peer.entries, pins }).verdict).toEqual({ status: 'ok' });
  });

  it('says drift when the changes of genuine commits do not fit one another', () => {
    const trajectory = newHash();
    const lineage = chainOf(trajectory, [[{ op: 'replace', kind: 'kv', id: 'a', expected_version: 1, value: 2 }]]);

    expect(replay({ runId: RUN, trajectoryId: trajectory, lineage }).verdict).toMatchObject({
      status: 'drift',
      what: 'delta',
      seq: 1,
      found: 'kv:a is not there',
    });
  });

  it('fails for a ledger that is missing, in whole, in the middle, at its end or at its beginning', () => {
    const verdict = (lineage: readonly LedgerEntry[], head?: LedgerEntry) =>
      replay({ runId: RUN, trajectoryId: TRAJECTORY, lineage, ...(head ? { head } : {}) }).verdict;

    expect(verdict([])).toMatchObject({ status: 'missing', trajectory_id: TRAJECTORY });
    expect(verdict(peer.entries.filter(({ seq }) => seq !== 3))).toMatchObject({ status: 'missing', seq: 3 });
    expect(verdict(peer.entries.slice(1))).toMatchObject({ status: 'missing', seq: 0 });
    expect(verdict(peer.entries.slice(0, 4), peer.entries[6])).toMatchObject({ status: 'missing', seq: 4 });
    expect(verdict(chainOf(newHash(), []))).toMatchObject({ status: 'missing', trajectory_id: TRAJECTORY });
    expect(verdict(peer.entries, peer.entries[6])).toEqual({ status: 'ok' });
  });
});

describe('checking a trajectory', () => {
  type Change = (entries: LedgerEntry[]) => void;
  const body = (entries: LedgerEntry[], seq: number) => {
    const payload = entries[seq]?.payload;
    if (payload?.type !== 'commit') throw new Error(`entry ${seq} is a commit`);
    return payload;
  };
  const changes: readonly (readonly [string, number, string, Change])[] = [
    ['a value that was changed', 2, 'id', (entries) => void (body(entries, 2).body.delta[0] = { op: 'create', kind: 'kv', id: 'x', value: 1 })],
    ['the task that was changed', 0, 'id', ([root]) => void (root && root.payload.type === 'root' && (root.payload.note = 'another'))],
    ['an id that was changed', 4, 'id', (entries) => void ((entries[4] as LedgerEntry).id = newHash())],
    ['a kind that was changed', 1, 'kind', (entries) => void ((entries[1] as LedgerEntry).kind = 'rejection')],
    ['a parent that was changed', 3, 'parent', (entries) => void ((entries[3] as LedgerEntry).parent = newHash())],
    ['an entry of another trajectory', 5, 'trajectory', (entries) => void ((entries[5] as LedgerEntry).trajectory_id = newHash())],
    [
      'a changed value whose entry id was computed anew',
      2,
      'commit id',
      (entries) => {
        body(entries, 2).body.observations = [];
        (entries[2] as LedgerEntry).id = entryId(body(entries, 2));
      },
    ],
    [
      'a changed value whose commit and entry ids were computed anew',
      3,
      'parent',
      (entries) => {
        const payload = body(entries, 2);
        payload.body.observations = [];
        payload.id = commitId(payload.body);
        (entries[2] as LedgerEntry).id = entryId(payload);
      },
    ],
    [
      'the same with the next parent corrected too',
      3,
      'commit parent',
      (entries) => {
        const payload = body(entries, 2);
        payload.body.observations = [];
        payload.id = commitId(payload.body);
        (entries[2] as LedgerEntry).id = (entries[3] as LedgerEntry).parent = entryId(payload);
      },
    ],
  ];

  it.each(changes)('finds %s', (_what, seq, what, change) => {
    const entries = copy(peer.entries) as LedgerEntry[];
    change(entries);

    expect(verifyTrajectory(entries)).toMatchObject({ status: 'tampered', seq, what, entry_id: entries[seq]?.id });
  });

  it('finds a second root, a first entry that opens nothing, and a root of another trajectory', () => {
    const [root, commit] = peer.entries as [LedgerEntry, LedgerEntry];
    expect(verifyTrajectory([root, entryAfter(root, TRAJECTORY, root.payload)])).toMatchObject({ what: 'place', seq: 1 });
    expect(verifyTrajectory([{ ...commit, seq: 0, parent: null }])).toMatchObject({ what: 'place', seq: 0 });
    expect(verifyTrajectory([{ ...root, trajectory_id: newHash() }])).toMatchObject({ what: 'root trajectory', seq: 0 });
  });

  it('finds a skill that is not the one that was bound, and a commit without a compiler', () => {
    const trajectory = newHash();
    const [root] = chainOf(trajectory, []) as [LedgerEntry];
    const bound = { type: 'skill_bound' as const, skill_id: peer.skill.id, skill: peer.skill.skill, params: [] };
    expect(verifyTrajectory([root, entryAfter(root, trajectory, bound)])).toBeNull();
    const other = { ...bound, skill: { ...peer.skill.skill, instructions: 'Be quick.' } };
    expect(verifyTrajectory([root, entryAfter(root, trajectory, other)])).toMatchObject({ what: 'skill id' });

    const draft = commitDraft(trajectory, root);
    if (draft.type !== 'commit') throw new Error('a draft of a commit');
    const nameless = payloadOf({ ...draft, body: { ...draft.body, compiler_version: '' } });
    expect(verifyTrajectory([root, entryAfter(root, trajectory, nameless)])).toMatchObject({ what: 'compiler_version' });
  });

  it('finds any change of any one character of any entry', () => {
    const texts = peer.entries.map(({ payload }) => JSON.stringify(payload));
    fc.assert(
      fc.property(fc.nat(texts.length - 1), fc.nat(), fc.constantFrom('0', 'f', 'q', '7'), (at, place, letter) => {
        const text = texts[at] as string;
        const letters = [...text.matchAll(/[0-9a-z](?=[^"]*"[,:}\]])/g)].map(({ index }) => index);
        const index = letters[place % letters.length] as number;
        fc.pre(text[index] !== letter);
        const changed = JSON.parse(`${text.slice(0, index)}${letter}${text.slice(index + 1)}`) as LedgerEntry['payload'];
        const entries = peer.entries.map((entry, seq) => (seq === at ? { ...entry, payload: changed } : entry));

        expect(verifyTrajectory(entries)).toMatchObject({ status: 'tampered', seq: at });
      }),
    );
  });
});

describe('signatures of commits', () => {
  it('are good by the key that made them, and by no other', () => {
    const trajectory = newHash();
    const lineage = signedChain(trajectory, 2);
    const other = publicKeyHex(generateKeyPairSync('ed25519').privateKey);

    const good = replay({ runId: RUN, trajectoryId: trajectory, lineage, pins: { publicKeys: [other, publicKey], requireSignature: true } });
    expect(good).toMatchObject({ signatures: { valid: 2, unknown: 0, unsigned: 0 }, verdict: { status: 'ok' } });

    const bad = replay({ runId: RUN, trajectoryId: trajectory, lineage, pins: { publicKeys: [other] } });
    expect(bad).toMatchObject({ signatures: { valid: 0, unknown: 2 }, verdict: { status: 'tampered', what: 'signature', seq: 1 } });
  });

  it('are missed only where they are asked for', () => {
    const pins = { publicKeys: [publicKey] };
    expect(verifyTrajectory(peer.entries, pins)).toBeNull();
    expect(verifyTrajectory(peer.entries, { ...pins, requireSignature: true })).toMatchObject({ status: 'tampered', what: 'signature', seq: 1, found: null });
  });

  it('show a chain that was written anew from the changed entry on', () => {
    const trajectory = newHash();
    const [root, commit] = signedChain(trajectory, 1) as [LedgerEntry, LedgerEntry];
    if (commit.payload.type !== 'commit') throw new Error('the second entry is a commit');
    const body = { ...commit.payload.body, observations: [] };
    const forged = [root, entryAfter(root, trajectory, { type: 'commit', id: commitId(body), body })];

    expect(verifyTrajectory(forged)).toBeNull();
    expect(verifyTrajectory(forged, { publicKeys: [publicKey] })).toMatchObject({ status: 'tampered', what: 'signature' });
  });
});

describe('checking a branch', () => {
  const source = newHash();
  const branch = newHash();
  const trunk = signedChain(source, 3);
  const upTo = trunk.slice(0, 3);
  const at = upTo.at(-1) as LedgerEntry;
  const from = (commit: string) => ({ type: 'branch' as const, source_trajectory_id: source, source_commit_id: commit, note: 'what if' });
  const commitOf = (entry: LedgerEntry): string => (entry.payload.type === 'commit' ? entry.payload.id : '');
  const opened = entryAfter(null, branch, from(commitOf(at)));
  const next = entryAfter(
    opened,
    branch,
    payloadOf(commitDraft(branch, opened, [{ op: 'replace', kind: 'kv', id: 'k1', expected_version: 1, value: 'other' }])),
  );

  it('folds its ancestor up to the commit, and counts it', () => {
    const report = replay({ runId: RUN, trajectoryId: branch, lineage: [...upTo, opened, next] });

    expect(report).toMatchObject({ entries_seen: 5, commits_replayed: 3, head_seq: 1, branches: 1, resources: 2, verdict: { status: 'ok' } });
  });

  it('fails without its ancestor, and with one that ends at another commit', () => {
    expect(verifyLineage([opened, next])).toMatchObject({ status: 'missing', trajectory_id: source });
    expect(verifyLineage([...trunk, opened, next])).toMatchObject({ status: 'tampered', what: 'branch commit' });
    expect(verifyLineage([...trunk.slice(0, 2), opened])).toMatchObject({ status: 'tampered', what: 'branch commit' });
    expect(verifyLineage([...signedChain(newHash(), 2), opened])).toMatchObject({ status: 'tampered', what: 'branch source' });
  });
});

describe('an anchor', () => {
  const [a, b, c] = [newHash(), newHash(), newHash()];

  it('is the root of a tree whose odd last is taken twice', () => {
    expect(merkleRoot([])).toBeNull();
    expect(merkleRoot([a])).toBe(a);
    expect(merkleRoot([a, b])).toBe(hashOfHex(a, b));
    expect(merkleRoot([a, b, c])).toBe(hashOfHex(hashOfHex(a, b), hashOfHex(c, c)));
  });

  it('names the head, and is another for every change of order or content', () => {
    expect(anchorOf(peer.entries)).toMatchObject({ trajectory_id: TRAJECTORY, entries: 7, head_seq: 6, head_id: peer.entries[6]?.id });
    expect(anchorOf([])).toBeNull();
    expect(merkleRoot([a, b, c])).not.toBe(merkleRoot([b, a, c]));
    expect(merkleRoot([a, b, c])).not.toBe(merkleRoot([a, b]));
  });
});
