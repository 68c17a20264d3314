/** What one agent is given, one after the other, as many at once as it takes; the rest waits here, the most urgent first. */
import { AGENT_LIMITS } from '../contracts/agent/agent';
import type { HeldTask } from '../contracts/agent/outcome';
import { TASK_PRIORITIES, type AgentTask } from '../contracts/agent/task';

export class Outbox {
  #waiting: HeldTask[] = [];
  readonly #sent = new Set<string>();
  /** Tasks at once; null: no limit. */
  limit: number | null = null;

  /** False when no more may wait. */
  add(held: HeldTask): boolean {
    const { taskId } = held.task;
    if (this.#sent.has(taskId) || this.#waiting.some(({ task }) => task.taskId === taskId)) return true;
    if (this.#waiting.length >= AGENT_LIMITS.waitingTasks) return false;
    const rank = rankOf(held.task);
    const place = this.#waiting.findIndex(({ task }) => rankOf(task) < rank);
    this.#waiting.splice(place < 0 ? this.#waiting.length : place, 0, held);
    return true;
  }

  /** The next task that may go out now; it counts as sent. */
  next(): HeldTask | null {
    if (this.limit !== null && this.#sent.size >= this.limit) return null;
    const held = this.#waiting.shift();
    if (!held) return null;
    this.#sent.add(held.task.taskId);
    return held;
  }

  /** Tasks that the agent has from an earlier connection take places too. */
  alreadySent(taskId: string): void {
    this.#sent.add(taskId);
  }

  /** Whether the agent has been sent it. */
  remove(taskId: string): boolean {
    this.#waiting = this.#waiting.filter(({ task }) => task.taskId !== taskId);
    return this.#sent.delete(taskId);
  }
}

const rankOf = ({ priority }: AgentTask): number => TASK_PRIORITIES.indexOf(priority);
