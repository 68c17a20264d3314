/** The last bytes that a session printed, for those who begin to look a moment later. */
import { PTYD_LIMITS } from './protocol';

export class RecentOutput {
  private pieces: Buffer[] = [];
  private kept = 0;
  private total = 0;

  /** Bytes printed since the start. */
  get offset(): number {
    return this.total;
  }

  add(bytes: Buffer): void {
    this.total += bytes.length;
    this.kept += bytes.length;
    this.pieces.push(bytes);
    // At least the bound stays: whole pieces go while what is left is enough.
    for (let first = this.pieces[0]; first && this.kept - first.length >= PTYD_LIMITS.recent; first = this.pieces[0]) {
      this.pieces.shift();
      this.kept -= first.length;
    }
  }

  /** The bytes after this offset; without their beginning when it is not kept any more. */
  after(offset: number): { data: string; offset: number; complete: boolean } {
    const all = Buffer.concat(this.pieces);
    const wanted = Math.max(0, this.total - offset);
    return { data: all.subarray(Math.max(0, all.length - wanted)).toString('base64'), offset: this.total, complete: wanted <= all.length };
  }
}
