/** Speaks for agents to the activities that wait for them: signs of life, and outcomes, by the activity's own id. */
import { ActivityCancelledError, ActivityNotFoundError, ActivityPausedError, ActivityResetError, AsyncCompletionClient, type Client } from '@temporalio/client';
import type { TaskOutcome, WaitingActivity } from '../contracts/agent/outcome';
import { faultOf } from '../domain/agent/task-outcome';
import { temporalUnavailable } from './doors';

/** Whether anybody still waits for the task. */
export type StillWanted = 'wanted' | 'cancelled' | 'gone';

const DEADLINE_MS = 5_000;

export class AgentReports {
  readonly #completion: AsyncCompletionClient;

  constructor(private readonly client: Client) {
    const { connection, options } = client;
    this.#completion = new AsyncCompletionClient({ connection, namespace: options.namespace, dataConverter: options.dataConverter });
  }

  /** Fault `temporal.unavailable` when nobody can tell. */
  heartbeat(waiting: WaitingActivity): Promise<StillWanted> {
    return this.#ask(async () => {
      await this.#completion.heartbeat({ ...waiting });
      return 'wanted';
    });
  }

  /** Resolves when the activity has heard it, or nobody waits any more. Fault `temporal.unavailable`: tell it again. */
  async tell(waiting: WaitingActivity, outcome: TaskOutcome): Promise<void> {
    await this.#ask(async () => {
      if (outcome.state === 'completed') await this.#completion.complete({ ...waiting }, outcome.result);
      else if (outcome.state === 'failed') await this.#completion.fail({ ...waiting }, faultOf(outcome));
      else await this.#completion.reportCancellation({ ...waiting });
      return 'wanted';
    });
  }

  async #ask(question: () => Promise<StillWanted>): Promise<StillWanted> {
    try {
      return await this.client.withDeadline(Date.now() + DEADLINE_MS, question);
    } catch (thrown) {
      if (thrown instanceof ActivityCancelledError) return 'cancelled';
      if (thrown instanceof ActivityNotFoundError) return 'gone';
      // An operator's wish about attempts to come: this one goes on.
      if (thrown instanceof ActivityPausedError || thrown instanceof ActivityResetError) return 'wanted';
      throw temporalUnavailable(thrown);
    }
  }
}
