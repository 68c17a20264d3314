import { mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { watchPolicies, type Policies } from '../../../src/main/run-policies';
import { createLog } from '../../../src/surfaces/http/log';
import { eventually } from '../../support/eventually';

const EVERY_MS = 10;
const policy = (name: string, version = '1', reason = 'no'): string =>
  JSON.stringify({ name, version, rules: [{ name: 'r', when: { all: [] }, decision: { deny: { reason } } }] });

describe('folders of policies', () => {
  let root: string;
  let [a, b] = ['', ''];
  let lines: { msg: string; code?: string }[] = [];
  let policies: Policies | null = null;
  const log = createLog({ to: new Writable({ write: (chunk: Buffer, _encoding, done) => (lines.push(JSON.parse(chunk.toString())), done()) }) });
  const put = (folder: string, file: string, text: string): void => {
    writeFileSync(join(folder, `.${file}`), text);
    renameSync(join(folder, `.${file}`), join(folder, file));
  };
  const watch = async (folders = [a, b], trustedKeys: readonly string[] = []): Promise<Policies> =>
    (policies = await watchPolicies({ folders, trustedKeys, log, everyMs: EVERY_MS }));
  const inForce = (): readonly string[] => policies?.current().map(({ name, version }) => `${name}@${version}`) ?? [];

  beforeEach(() => {
    [root, lines, policies] = [mkdtempSync(join(tmpdir(), 'policies-')), [], null];
    [a, b] = [mkdtempSync(join(root, 'a')), mkdtempSync(join(root, 'b'))];
  });
  afterEach(async () => {
    await policies?.stop();
    rmSync(root, { recursive: true });
  });

  it('are read in their order, and files in that of their names', async () => {
    put(b, '00.json', policy('third'));
    put(a, '20.json', policy('second'));
    put(a, '10.json', policy('first'));
    put(a, 'notes.txt', 'not a policy');

    await watch();

    expect(inForce()).toEqual(['first@1', 'second@1', 'third@1']);
  });

  it('are read again when a file comes, changes, is linked to another, or goes', async () => {
    put(a, '10.json', policy('first'));
    await watch();

    put(b, '00.json', policy('second'));
    await eventually('the new one is in force', () => inForce().join() === 'first@1,second@1');
    put(a, '10.json', policy('first', '2'));
    await eventually('the changed one is in force', () => inForce().join() === 'first@2,second@1');
    const [one, two] = [join(root, 'one'), join(root, 'two')];
    writeFileSync(one, policy('linked', '1'));
    writeFileSync(two, policy('linked', '2'));
    symlinkSync(one, join(a, '30.json'));
    await eventually('the linked one is in force', () => inForce().join() === 'first@2,linked@1,second@1');
    symlinkSync(two, join(a, '.30'));
    renameSync(join(a, '.30'), join(a, '30.json'));
    await eventually('the other linked one is in force', () => inForce().join() === 'first@2,linked@2,second@1');
    rmSync(join(a, '10.json'));
    await eventually('the one that went is out of force', () => inForce().join() === 'linked@2,second@1');
  });

  it('keep in force what was there when a file turns bad, tell it, and take the file once it is mended', async () => {
    put(a, '10.json', policy('first'));
    put(a, '20.json', policy('second'));
    await watch();

    put(a, '10.json', '{"name": "first", "rules": [{}]}');
    await eventually('the bad file is told', () => policies?.files()[0]?.problem != null);

    expect(inForce()).toEqual(['first@1', 'second@1']);
    expect(policies?.files()).toEqual([
      { path: join(a, '10.json'), bundle: 'first@1', problem: { code: 'policy.invalid', reason: expect.stringContaining('rules.0: expected {name') } },
      { path: join(a, '20.json'), bundle: 'second@1', problem: null },
    ]);
    expect(lines.find(({ code }) => code === 'policy.invalid')?.msg).toBe('a policy is refused; first@1 from before stays in force');
    put(a, '10.json', policy('first', '3'));
    await eventually('the mended file is in force', () => inForce()[0] === 'first@3');
    expect(policies?.files()[0]?.problem).toBeNull();
  });

  it('take nothing of a file that comes bad, nor a second policy of one name', async () => {
    put(a, '10.json', policy('first'));
    await watch();

    put(a, '20.json', '[]');
    put(b, '00.json', policy('first', '9'));
    await eventually('both are told', () => policies?.files().filter(({ problem }) => problem !== null).length === 2);

    expect(inForce()).toEqual(['first@1']);
    expect(policies?.files().map(({ bundle }) => bundle)).toEqual(['first@1', null, null]);
  });

  it('keep their rules in force, in their place, while a folder cannot be read', async () => {
    put(a, '10.json', policy('first'));
    put(b, '10.json', policy('second'));
    await watch();

    renameSync(a, `${a}-away`);
    await eventually('it is told', () => lines.some(({ code }) => code === 'policy.unreadable'));
    expect(inForce()).toEqual(['first@1', 'second@1']);
    put(b, '10.json', policy('second', '2'));
    await eventually('the other folder is still watched', () => inForce().join() === 'first@1,second@2');
    renameSync(`${a}-away`, a);
    put(a, '10.json', policy('first', '2'));
    await eventually('it is read again', () => inForce().join() === 'first@2,second@2');
  });

  it('end the start when something is wrong with them', async () => {
    await expect(watch([join(root, 'nowhere')])).rejects.toMatchObject({ code: 'policy.unreadable', kind: 'invalid' });
    put(a, '10.json', '{');
    await expect(watch()).rejects.toMatchObject({ code: 'policy.invalid', facts: { field: '(file)' } });
    put(a, '10.json', policy('first'));
    await expect(watch([a], ['ab'.repeat(32)])).rejects.toMatchObject({ code: 'policy.untrusted', kind: 'forbidden' });
  });

  it('need not be there', async () => {
    await watch([]);

    expect([inForce(), policies?.files()]).toEqual([[], []]);
  });
});
