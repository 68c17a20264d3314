import { newLines } from '../../activities/agents/new-lines';
import { plainText, typeMessage } from '../../activities/agents/typing';
import { LiveOutput, type TerminalFrame } from '../../activities/terminal/live-output';
import { blankScreen } from '../../activities/terminal/screen-text';
import { withoutTerminalReplies } from '../../src/host/terminal-replies';
import { until } from '../support/eventually';

const E = '\u001b';

describe('a typed message', () => {
  it('is typed as it is when it is one short line, then Enter after a pause', () => {
    expect(typeMessage('hello', { paste: true, pauseMs: 50 })).toEqual([{ data: 'hello', pauseMs: 50 }, { data: '\r' }]);
  });

  it('is pasted when it has several lines or is long, where the program can', () => {
    expect(typeMessage('a\r\nb\n', { paste: true, pauseMs: 5 })[0]?.data).toBe(`${E}[200~a\nb${E}[201~`);
    expect(typeMessage('x'.repeat(201), { paste: true, pauseMs: 5 })[0]?.data).toBe(`${E}[200~${'x'.repeat(201)}${E}[201~`);
    expect(typeMessage('a\nb\tc', { paste: false, pauseMs: 5 })[0]?.data).toBe('a b c');
  });

  it('cannot press keys: control characters are taken out', () => {
    expect(plainText(`do${E}[201~\u0003\r\u009b1m it\u007f`)).toBe('do[201~\n1m it');
    expect(typeMessage(`evil${E}[201~\r1\r`, { paste: true, pauseMs: 5 })[0]?.data).toBe(`${E}[200~evil[201~\n1${E}[201~`);
  });
});

describe('new lines', () => {
  const screen = (scrollback: string[], lines: string[]) => ({
    ...blankScreen(80, 6),
    scrollback,
    lines: [...lines, ...Array.from({ length: 6 - lines.length }, () => '')],
  });

  it('are those that the screen did not show before, also after scrolling', () => {
    const before = screen([], ['welcome', '> ']);

    expect(newLines(before, screen([], ['welcome', '> hello', 'answer', '> ']))).toEqual(['> hello', 'answer', '> ']);
    expect(newLines(screen([], ['a', 'b', 'c', '> ']), screen(['b', 'c'], ['> x', 'y', '> ']))).toEqual(['> x', 'y', '> ']);
    expect(newLines(before, screen([], ['all', 'new']))).toEqual(['all', 'new']);
  });
});

describe('live output', () => {
  const redact = (text: string) => text.replaceAll('s3cr3t-value', '[redacted]');
  const frames: TerminalFrame[] = [];
  const textOf = () => frames.flatMap((frame) => (frame.type === 'terminal' ? [Buffer.from(frame.data, 'base64').toString()] : [])).join('');
  const live = () => {
    frames.length = 0;
    return new LiveOutput((frame) => frames.push(frame), redact);
  };
  const base64 = (text: string | Buffer) => Buffer.from(text).toString('base64');

  it('collects pieces into few frames and keeps characters whole', () => {
    const output = live();
    const bytes = Buffer.from('größer');
    output.add(base64(bytes.subarray(0, 3)), 3);
    output.add(base64(bytes.subarray(3)), bytes.length);
    output.close();

    expect(frames).toEqual([{ type: 'terminal', data: base64('größer'), offset: bytes.length }]);
  });

  it('takes secrets out, also one that is cut in two by a pause', async () => {
    const output = live();
    output.add(base64('key s3cr3t-value, key s3cr'), 10);
    await until('the first frame', () => frames.length > 0);
    output.add(base64('3t-value end'), 20);
    output.close();

    expect(textOf()).not.toContain('s3cr3t-value');
    expect(textOf()).toMatch(/^key \[redacted\], key .* end$/);
  });

  it('begins with what was printed before, and repeats none of it', () => {
    const output = live();
    output.hold();
    output.add(base64('one'), 6);
    output.add(base64('two'), 9);
    output.begin({ data: base64('zerone'), offset: 6, complete: true });
    output.add(base64('!'), 10);
    output.close();

    expect(textOf()).toBe('zeronetwo!');
    expect(output.offsetShown).toBe(10);
  });

  it('drops what is more than people can read, and says so', () => {
    const output = live();
    for (let n = 0; n < 40; n++) output.add(base64('x'.repeat(50_000)), n);
    output.close();

    expect(textOf().length).toBeLessThan(600_000);
    expect(frames.filter(({ type }) => type === 'gap')).not.toHaveLength(0);
  });
});

it.each([
  [`${E}[?1;2c`, ''],
  [`${E}[12;40R`, ''],
  [`${E}]11;rgb:0000/0000/0000${E}\\`, ''],
  [`${E}]10;rgb:ffff/ffff/ffff\u0007x`, 'x'],
  [`${E}[?2026;2$y`, ''],
  [`${E}P>|term 1.0${E}\\`, ''],
  [`${E}[A`, `${E}[A`],
  [`${E}[1;5C`, `${E}[1;5C`],
  [`${E}[200~pasted${E}[201~`, `${E}[200~pasted${E}[201~`],
  ['plain R text', 'plain R text'],
])('takes %j from an attached terminal for %j', (typed, expected) => {
  expect(withoutTerminalReplies(typed)).toBe(expected);
});
