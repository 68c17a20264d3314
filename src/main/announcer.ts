/** What a worker tells the database about itself: at once when it changes, and every minute that it lives, so that what is old is of a worker that is gone. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Log } from '../surfaces/http/log';

const RENEWED_MS = 60_000;
/** Subjects that one worker tells of. */
const SUBJECTS_MAX = 1_000;

export interface Announced<Said> {
  /** For the log, when it cannot be told. */
  readonly what: string;
  readonly publish: (subject: string | null, said: Said) => Promise<void>;
  /** Asked every minute: what workers said that are gone for good. */
  readonly forget: () => Promise<unknown>;
}

export class Announcer<Said> {
  private readonly said = new Map<string | null, { readonly said: Said; readonly print: string }>();
  private turn: Promise<void> = Promise.resolve();
  private readonly stopping = new AbortController();

  constructor(
    private readonly announced: Announced<Said>,
    private readonly log: Log,
  ) {
    void this.renew();
  }

  /** What was said of this subject before is taken back by it. */
  say(subject: string | null, said: Said): void {
    const print = JSON.stringify(said);
    if (this.said.get(subject)?.print === print) return;
    if (this.said.size >= SUBJECTS_MAX && !this.said.has(subject)) return;
    this.said.set(subject, { said, print });
    this.publish(subject);
  }

  private publish(subject: string | null): void {
    this.turn = this.turn.then(async () => {
      const known = this.said.get(subject);
      if (!known) return;
      try {
        await this.announced.publish(subject, known.said);
      } catch (problem) {
        this.log.warn({ err: problem }, `${this.announced.what} could not be told; it is tried again`);
      }
    });
  }

  private async renew(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      await delay(RENEWED_MS, undefined, { signal, ref: false }).catch(() => undefined);
      if (signal.aborted) return;
      for (const subject of this.said.keys()) this.publish(subject);
      await this.announced.forget().catch(() => 0);
    }
  }

  /** What is under way is told first. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.turn;
  }
}
