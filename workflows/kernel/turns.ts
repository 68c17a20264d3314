/**
 * Local activities take turns. Of those that are out beside each other a worker hears one by one, as they end; whoever replays the history is told of all at once. Then what comes
 * after them happens in another order, and the history does not fit any more (the same in every SDK of Temporal). One at a time there is one order only.
 */
export class Turns {
  private taken = 0;
  private readonly waiting: (() => void)[] = [];

  /** Whether somebody is at it, or waits to be. */
  get areTaken(): boolean {
    return this.taken > 0;
  }

  async take<T>(work: () => Promise<T>): Promise<T> {
    this.taken += 1;
    try {
      if (this.taken > 1) await new Promise<void>((go) => this.waiting.push(go));
      return await work();
    } finally {
      this.taken -= 1;
      this.waiting.shift()?.();
    }
  }
}
