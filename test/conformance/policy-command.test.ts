import { execFile } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { publicKeyHex, signText } from '../../src/domain/ed25519';
import { ledgerJson } from '../../src/domain/run/ledger/hash';
import { ensureBuilt } from '../support/built';

const CLI = join(__dirname, '..', '..', 'dist', 'src', 'cli', 'everthread.js');
const policy = { name: 'guard', version: '2', rules: [{ name: 'r', when: { all: [] }, decision: 'permit' }] };

let folder: string;
beforeAll(async () => {
  await ensureBuilt();
  folder = await mkdtemp(join(tmpdir(), 'policy-command-'));
});
afterAll(() => rm(folder, { recursive: true }));

const check = (files: readonly string[], trusted?: string): Promise<{ readonly code: number; readonly out: string; readonly err: string }> =>
  new Promise((resolve) => {
    const env = { ...process.env, ...(trusted !== undefined && { EVERTHREAD_POLICY_TRUSTED_KEYS: trusted }) };
    execFile(process.execPath, [CLI, 'policy', 'check', ...files], { env, timeout: 30_000 }, (error, out, err) =>
      resolve({ code: error ? Number(error.code) : 0, out, err }),
    );
  });
const file = async (name: string, value: unknown): Promise<string> => {
  const path = join(folder, name);
  await writeFile(path, JSON.stringify(value));
  return path;
};

it('says of each file what it is, or every place where it is wrong', async () => {
  const good = await file('good.json', policy);
  const bad = await file('bad.json', { name: 'a b', rules: [{ name: 'r', when: { field: 'intent.kind', op: 'like', value: 1 }, decision: 'permit' }] });
  const missing = join(folder, 'missing.json');

  const { code, out, err } = await check([good, bad, missing]);

  expect([code, out]).toEqual([1, `${good}: guard@2, 1 rules\n`]);
  expect(err.split('\n')).toEqual([
    expect.stringMatching(/bad\.json: name: expected 1 to 64 letters.* \(policy\.invalid\)$/),
    expect.stringMatching(/bad\.json: rules\.0\.when\.op: expected one of eq, .* \(policy\.invalid\)$/),
    expect.stringMatching(/missing\.json: .*ENOENT.* \(policy\.unreadable\)$/),
    '',
  ]);
});

it('asks for a signature where somebody is trusted', async () => {
  const { privateKey } = generateKeyPairSync('ed25519');
  const key = publicKeyHex(privateKey);
  const signed = await file('signed.json', { policy, issuer_pubkey: key, signature: signText(privateKey, ledgerJson(policy)) });
  const unsigned = await file('unsigned.json', policy);

  expect(await check([signed], key)).toMatchObject({ code: 0, out: `${signed}: guard@2, 1 rules\n`, err: '' });
  expect(await check([unsigned], key)).toMatchObject({ code: 1, err: expect.stringContaining('policy.untrusted') });
});
