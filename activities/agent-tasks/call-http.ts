/**
 * Agents that are called over HTTP: one POST with the task, whose answer is the result. The body is the `task` message of the agent protocol; where the agent was registered with a
 * secret, `X-Everthread-Signature` is `sha256=` and the hex HMAC-SHA256 of `timestamp + "." + body`.
 */
import { randomUUID } from 'node:crypto';
import { FROM_AGENT } from '../../src/contracts/agent/protocol';
import type { AgentTask } from '../../src/contracts/agent/task';
import { sentTask, type Said } from '../../src/domain/agent/task-outcome';
import { signatureOf } from '../../src/domain/webhook/signature';
import { Fault } from '../../src/errors/fault';
import { CallFailed, type Call } from './perform-called';

export interface AgentPost {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** Goes only where calls to addresses that users give may go. Any status is an answer. Faults: those of `outgoing.*`. */
export type PostToAgent = (post: AgentPost) => Promise<{ readonly status: number; readonly body: string }>;

export const callHttp =
  (post: PostToAgent, now: () => number = Date.now): Call =>
  async (task, { url, secret }, signal) => {
    if (url === null) throw new CallFailed('NO_ADDRESS', 'The agent has no address.', { retryable: false });
    const at = now();
    const payload = sentTask(task, task.timeoutMs);
    const body = JSON.stringify({ type: 'task', id: randomUUID(), timestamp: new Date(at).toISOString(), payload });
    const { status, body: answer } = await reached(() => post({ url, headers: headersOf(task, secret, at, body), body, timeoutMs: task.timeoutMs, signal }));
    return answerOf(task, status, answer);
  };

function headersOf({ taskId, executionId }: AgentTask, secret: string | null, at: number, body: string): Record<string, string> {
  const timestamp = String(Math.floor(at / 1_000));
  const printable = (text: string): string => encodeURIComponent(text);
  return {
    'Content-Type': 'application/json',
    Accept: 'application/json',
    'User-Agent': 'Everthread-Agents/1',
    'X-Everthread-Task-Id': printable(taskId),
    'X-Everthread-Execution-Id': printable(executionId),
    'X-Everthread-Timestamp': timestamp,
    ...(secret !== null && { 'X-Everthread-Signature': signatureOf([secret], 'timestamped', timestamp, body) }),
  };
}

async function reached<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (thrown) {
    if (!(thrown instanceof Fault)) throw thrown;
    const code =
      { 'outgoing.address_refused': 'REJECTED', 'outgoing.timeout': 'TIMEOUT', 'outgoing.too_large': 'RESULT_TOO_LARGE' }[thrown.code] ?? 'UNREACHABLE';
    throw new CallFailed(code, thrown.message, { retryable: true });
  }
}

/** 429 and the 500s say that it may be otherwise later; every other status that is no success is the agent's last word. */
function answerOf(task: AgentTask, status: number, text: string): Said {
  const said = readJson(text);
  const failure = FROM_AGENT.task_error.safeParse({ taskId: task.taskId, ...said });
  const transient = status === 429 || status >= 500;
  if (status < 200 || status > 299) {
    const { error, retryable } = failure.success
      ? failure.data
      : { error: { code: `HTTP_${status}`, message: `The agent answered ${status}.`, details: undefined }, retryable: transient };
    throw new CallFailed(error.code, error.message, { retryable: retryable || transient, details: error.details });
  }
  if (failure.success)
    throw new CallFailed(failure.data.error.code, failure.data.error.message, { retryable: failure.data.retryable, details: failure.data.error.details });
  const result = FROM_AGENT.task_result.safeParse({ ...said, taskId: task.taskId });
  if (!result.success || said === null || !('result' in said))
    throw new CallFailed('RESULT_INVALID', 'The agent did not answer with a JSON object that has a `result` or an `error`.', { retryable: true });
  return result.data;
}

function readJson(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Readonly<Record<string, unknown>>) : null;
  } catch {
    return null;
  }
}
