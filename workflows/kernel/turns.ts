/**
 * Local activities have the workflow to themselves. A worker hears of what comes in beside one (the end of another activity, a cancellation, a timer) when it comes; whoever replays the
 * history is told of both at once, because the task at hand was over before. What follows then happens in another order, and the history does not fit any more (the same in every SDK of
 * Temporal). So one is out at a time, none while an ordinary activity or a child workflow is, and none of these begins meanwhile. What still comes in, messages and timers, has had all its
 * consequences before the work goes on.
 */
import * as wf from '@temporalio/workflow';

/** Rounds without news after which nothing follows from what came in. */
const ROUNDS = 5;

/** Something else is out: it has to go the ordinary way. */
export class NotAlone extends Error {}

export class Turns {
  private taken = 0;
  private beside = 0;
  private readonly waiting: (() => void)[] = [];

  /** `news`: counts what happens; `isBusy`: something that is not told to {@link outside} is out. */
  constructor(
    private readonly news: () => number,
    private readonly isBusy: () => boolean,
  ) {}

  /** Whether somebody is at it, or waits to be. */
  get areTaken(): boolean {
    return this.taken > 0;
  }

  /** One at a time, whatever else is out: executions of edition 4. */
  take<T>(work: () => Promise<T>): Promise<T> {
    return this.inTurn(work);
  }

  /** Throws {@link NotAlone}. A cancellation does not reach the work: it is over soon, and its caller sees to it then. */
  alone<T>(work: () => Promise<T>): Promise<T> {
    return this.inTurn(() => {
      const scope = wf.CancellationScope.current();
      return wf.CancellationScope.nonCancellable(async () => {
        await this.settled();
        if (scope.consideredCancelled) throw new wf.CancelledFailure('The work was cancelled.');
        if (this.beside > 0 || this.isBusy()) throw new NotAlone('Something else is out.');
        try {
          return await work();
        } finally {
          await this.settled();
        }
      });
    });
  }

  /** An ordinary activity, or a child workflow: begins when no local activity is out. */
  async outside<T>(work: () => Promise<T>): Promise<T> {
    while (this.areTaken) await wf.condition(() => !this.areTaken);
    this.beside += 1;
    try {
      return await work();
    } finally {
      this.beside -= 1;
    }
  }

  private async inTurn<T>(work: () => Promise<T>): Promise<T> {
    this.taken += 1;
    try {
      if (this.taken > 1) await new Promise<void>((go) => this.waiting.push(go));
      return await work();
    } finally {
      this.taken -= 1;
      this.waiting.shift()?.();
    }
  }

  private async settled(): Promise<void> {
    for (let still = 0, seen = this.news(); still < ROUNDS; still++) {
      let looks = 0;
      await wf.condition(() => ++looks > 1);
      if (this.news() !== seen) still = -1;
      seen = this.news();
    }
  }
}
