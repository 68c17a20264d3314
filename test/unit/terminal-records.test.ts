import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RecordsReader } from '../../activities/terminal/records';
import { SessionFiles } from '../../activities/terminal/session-files';
import { blankScreen } from '../../activities/terminal/screen-text';
import { RECORD_MAX, recordLine } from '../../src/ptyd/record-line';
import { program } from '../support/ptyd-build';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'everthread-records-'));
});
afterEach(() => {
  rmSync(dir, { recursive: true });
});

it('reads what is added, line by line, and waits for the end of a line', () => {
  const file = join(dir, 'records');
  const reader = new RecordsReader(file);
  reader.read();
  writeFileSync(file, recordLine('a', '{"n":1}', 1));
  const before = recordLine('a', '{"n":1}', 1).length;
  const whole = recordLine('b', '{"ü":"日本"}', 2);

  appendFileSync(file, Buffer.from(whole).subarray(0, 25));
  reader.read();
  expect(reader.since(before)).toEqual({ records: [{ source: 'a', at: 1, data: { n: 1 } }], before: 1 });
  appendFileSync(file, Buffer.from(whole).subarray(25));
  appendFileSync(file, 'not a record\n{"source":1}\n');
  reader.read();

  expect(reader.since(before)).toEqual({
    records: [
      { source: 'a', at: 1, data: { n: 1 } },
      { source: 'b', at: 2, data: { ü: '日本' } },
    ],
    before: 1,
  });
});

it('shows the last 2,000 records and still knows which are older than the watch', () => {
  const file = join(dir, 'records');
  const lines = Array.from({ length: 2_500 }, (_, n) => recordLine('a', JSON.stringify({ n }), n));
  writeFileSync(file, lines.join(''));
  const reader = new RecordsReader(file);

  reader.read();

  const { records, before } = reader.since(lines.slice(0, 2_400).join('').length);
  expect(records).toHaveLength(2_000);
  expect(records[before]?.data).toEqual({ n: 2_400 });
});

describe('the record command', () => {
  const record = (args: readonly string[], input = '') =>
    execFileSync(process.execPath, [program('src/ptyd/record.js'), join(dir, 'out'), ...args], { input, encoding: 'utf8' });
  const written = () => {
    const reader = new RecordsReader(join(dir, 'out'));
    reader.read();
    return reader.since(0).records.map(({ source, data }) => ({ source, data }));
  };

  it('appends standard input or its last argument, and says nothing', () => {
    expect(record(['notify'], '{"type":"turn-ended"}\n')).toBe('');
    record(['notify', '{"type":"by argument"}']);
    record(['{"type":"without source"}']);
    record(['hook', '--flag', '{"type":"last"}']);
    record(['hook'], 'plain words');

    expect(written()).toEqual([
      { source: 'notify', data: { type: 'turn-ended' } },
      { source: 'notify', data: { type: 'by argument' } },
      { source: 'hook', data: { type: 'without source' } },
      { source: 'hook', data: { type: 'last' } },
      { source: 'hook', data: { text: 'plain words' } },
    ]);
  });

  it('cuts what is too long and succeeds even when it cannot write', () => {
    record(['hook'], 'x'.repeat(RECORD_MAX + 100_000));
    expect(written()).toEqual([{ source: 'hook', data: { text: 'x'.repeat(8_000), truncated: true } }]);

    expect(execFileSync(process.execPath, [program('src/ptyd/record.js'), join(dir, 'no', 'such', 'folder'), 'hook', '{}'], { encoding: 'utf8' })).toBe('');
  });
});

describe('the files of a session', () => {
  const baseline = (id: string) => ({ id, screen: blankScreen(), recordsBytes: 0 });
  const open = (files: SessionFiles, key: string, turnId: string) => files.openWatch({ key, turnId, startedAt: 5 }, () => baseline('now'));
  const files = () => {
    const made = new SessionFiles(dir, 'thread.1');
    made.create();
    return made;
  };

  it('lets a watch begin at the first input that no watch has taken', () => {
    const session = files();
    session.keepBaseline(baseline('message'), true);
    session.keepBaseline(baseline('a key after it'), false);

    expect(open(session, 'k1', 't1').baseline.id).toBe('message');
    expect(open(session, 'k2', 't2').baseline.id).toBe('now');
  });

  it('gives a retried watch its memory, and so a watch that takes over an interrupted one of the same turn', () => {
    const session = files();
    session.keepBaseline(baseline('message'), true);
    const first = open(session, 'k1', 't1');
    session.keepWatch({ ...first, told: 3 });

    expect(open(session, 'k1', 't1')).toMatchObject({ told: 3, baseline: { id: 'message' } });
    expect(open(session, 'k2', 't1')).toMatchObject({ key: 'k2', told: 3, baseline: { id: 'message' } });
    session.keepWatch({ ...first, key: 'k2', over: true });
    expect(open(session, 'k3', 't1')).toMatchObject({ told: 0, baseline: { id: 'now' } });
  });

  it('remembers which claims the session took', () => {
    const session = files();
    session.markClaim('message-1');

    expect([session.hasClaim('message-1'), session.hasClaim('message-2')]).toEqual([true, false]);
    session.remove();
    expect(session.hasClaim('message-1')).toBe(false);
  });
});
