/** What a session prints while it is watched, as frames for whoever looks on: a few per second, without secrets, dropped rather than queued. */
import { StringDecoder } from 'node:string_decoder';

/** How long output is collected into one frame. */
const COLLECT_MS = 25;
/** Characters in one frame; a longer piece is sent in several. */
const FRAME_CHARS = 4_000;
/** Characters sent per second at most; what is above is dropped, and a frame `gap` says so. */
const CHARS_PER_SECOND = 256 * 1024;
/** Characters of what was sent last that are looked at again, for a secret that was cut in two. */
const OVERLAP = 256;
/** Pieces that may wait for the beginning. */
const HELD_MAX = 1_000;

export type TerminalFrame = { readonly type: 'terminal'; readonly data: string; readonly offset: number } | { readonly type: 'gap' };

export class LiveOutput {
  private readonly decoder = new StringDecoder('utf8');
  private text = '';
  private tail = '';
  private offset = 0;
  private timer: NodeJS.Timeout | null = null;
  private budget = { second: 0, chars: 0 };
  private gapTold = false;
  /** What comes while it is not known yet where to begin. */
  private held: { data: string; offset: number }[] | null = null;
  private shownTo = 0;

  constructor(
    private readonly send: (frame: TerminalFrame) => void,
    private readonly redact: (text: string) => string,
  ) {}

  /** Output up to here was taken. */
  get offsetShown(): number {
    return this.shownTo;
  }

  /** Keeps what comes until {@link begin}. */
  hold(): void {
    this.held = [];
  }

  /** Begins with what was printed before: `data` ends at `offset`, and what was held up to there is in it. */
  begin({ data, offset, complete }: { readonly data: string; readonly offset: number; readonly complete: boolean }): void {
    const held = this.held ?? [];
    this.held = null;
    if (!complete) this.gap();
    if (data !== '') this.add(data, offset);
    this.shownTo = Math.max(this.shownTo, offset);
    for (const piece of held) if (piece.offset > offset) this.add(piece.data, piece.offset);
  }

  add(data: string, offset: number): void {
    if (this.held) {
      // Frames may be lost; a beginning that never comes must not fill the memory.
      if (this.held.push({ data, offset }) > HELD_MAX) this.held.shift();
      return;
    }
    this.shownTo = offset;
    this.text += this.decoder.write(Buffer.from(data, 'base64'));
    this.offset = offset;
    if (this.text.length > CHARS_PER_SECOND) this.flush();
    this.timer ??= setTimeout(() => this.flush(), COLLECT_MS);
  }

  gap(): void {
    this.text = '';
    this.tail = '';
    this.send({ type: 'gap' });
  }

  close(): void {
    this.flush();
  }

  private flush(): void {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    if (!this.text) return;
    const text = this.withoutSecrets();
    this.tail = (this.tail + this.text).slice(-OVERLAP);
    this.text = '';
    if (this.over(text.length)) return;
    for (let at = 0; at < text.length; at += FRAME_CHARS)
      this.send({ type: 'terminal', data: Buffer.from(text.slice(at, at + FRAME_CHARS)).toString('base64'), offset: this.offset });
  }

  /** A secret may begin in the last frame: then what follows the common beginning of both redacted texts is sent. */
  private withoutSecrets(): string {
    const alone = this.redact(this.text);
    const before = this.redact(this.tail);
    const together = this.redact(this.tail + this.text);
    if (together === before + alone) return alone;
    let same = 0;
    while (same < before.length && before[same] === together[same]) same++;
    return together.slice(same);
  }

  private over(chars: number): boolean {
    const second = Math.floor(Date.now() / 1_000);
    if (this.budget.second !== second) {
      this.budget = { second, chars: 0 };
      this.gapTold = false;
    }
    this.budget.chars += chars;
    if (this.budget.chars <= CHARS_PER_SECOND) return false;
    if (!this.gapTold) this.send({ type: 'gap' });
    this.gapTold = true;
    return true;
  }
}
