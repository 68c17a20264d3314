/** Keys to lines, for a terminal in raw mode: what a small prompt needs, with bracketed paste. */
import { StringDecoder } from 'node:string_decoder';

export interface LineEvents {
  /** Enter. */
  line(text: string): void;
  /** A key while {@link LineEditor.single} is set. */
  key(key: string): void;
  /** Ctrl-C or Escape. */
  interrupt(): void;
  /** The text changed. */
  draw(text: string): void;
}

const ESC = '\u001b';
const PASTE = { begin: `${ESC}[200~`, end: `${ESC}[201~` };
const LINE_MAX = 250_000;
// eslint-disable-next-line no-control-regex
const SEQUENCE = /^\u001b(?:\[[0-9;?]*[ -/]*[@-~]|O.)/;

export class LineEditor {
  private readonly decoder = new StringDecoder('utf8');
  private text = '';
  private pasting = false;
  /** One key is an answer by itself. */
  single = false;

  constructor(private readonly on: LineEvents) {}

  get line(): string {
    return this.text;
  }

  feed(bytes: Buffer): void {
    let rest = this.decoder.write(bytes);
    while (rest) rest = rest.slice(this.take(rest));
    this.on.draw(this.text);
  }

  /** Handles the first key of `rest`; returns its length. */
  private take(rest: string): number {
    if (rest.startsWith(PASTE.begin)) {
      this.pasting = true;
      return PASTE.begin.length;
    }
    if (rest.startsWith(PASTE.end)) {
      this.pasting = false;
      return PASTE.end.length;
    }
    if (this.pasting) {
      const end = rest.indexOf(ESC);
      const pasted = rest.slice(0, end < 0 ? rest.length : Math.max(end, 1));
      this.text = (this.text + pasted.replace(/\r\n?/g, '\n')).slice(0, LINE_MAX);
      return pasted.length;
    }
    const sequence = SEQUENCE.exec(rest)?.[0];
    if (sequence) return sequence.length;
    this.press(rest[0] ?? '');
    return 1;
  }

  private press(key: string): void {
    if (key === '\u0003' || key === ESC) {
      this.text = '';
      this.on.interrupt();
    } else if (key === '\r' || key === '\n') {
      const line = this.text;
      this.text = '';
      this.on.line(line);
    } else if (this.single) this.on.key(key);
    else if (key === '\u007f' || key === '\b') this.text = this.text.slice(0, -1);
    else if (key >= ' ' || key === '\t') this.text = (this.text + key).slice(0, LINE_MAX);
  }
}
