/** The beginning and the end of what a program writes; what is between them is counted. */
export class KeptOutput {
  private readonly head: Buffer[] = [];
  private tail: Buffer = Buffer.alloc(0);
  private headBytes = 0;
  total = 0;

  constructor(private readonly maxBytes: number) {}

  add(chunk: Buffer): void {
    this.total += chunk.length;
    const room = Math.max(0, Math.ceil(this.maxBytes / 2) - this.headBytes);
    if (room > 0) {
      const taken = chunk.subarray(0, room);
      this.head.push(taken);
      this.headBytes += taken.length;
    }
    const rest = chunk.subarray(room);
    if (rest.length > 0) this.tail = Buffer.concat([this.tail, rest]).subarray(-Math.floor(this.maxBytes / 2));
  }

  get truncated(): boolean {
    return this.total > this.headBytes + this.tail.length;
  }

  text(): string {
    const head = Buffer.concat(this.head);
    if (!this.truncated) return Buffer.concat([head, this.tail]).toString('utf8');
    const left = this.total - head.length - this.tail.length;
    return `${head.toString('utf8')}\n[… ${left} bytes left out …]\n${this.tail.toString('utf8')}`;
  }
}
