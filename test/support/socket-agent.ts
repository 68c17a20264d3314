/** An agent in this process over a real WebSocket, as small as the protocol allows (docs/pattern-agents.md). */
import { randomUUID } from 'node:crypto';
import { WebSocket } from 'ws';

interface Task {
  readonly taskId: string;
  readonly executionId: string;
  readonly input: any;
}

export interface SocketAgent {
  readonly tasks: Task[];
  readonly cancelled: string[];
  say(type: string, payload: object): void;
  close(): void;
}

/** `answer` gives the result; undefined: the agent stays silent. */
export async function connectAgent(
  apiUrl: string,
  { id = `agent-${randomUUID().slice(0, 8)}`, capabilities }: { readonly id?: string; readonly capabilities: readonly string[] },
  answer: (task: Task) => unknown,
): Promise<SocketAgent> {
  const socket = new WebSocket(`${apiUrl.replace(/^http/, 'ws')}/ws/agent`, { headers: { 'X-Agent-Id': id } });
  const say = (type: string, payload: object): void => socket.send(JSON.stringify({ type, id: randomUUID(), timestamp: new Date().toISOString(), payload }));
  const agent: SocketAgent = { tasks: [], cancelled: [], say, close: () => socket.terminate() };
  let beats: NodeJS.Timeout | undefined;
  socket.on('close', () => clearInterval(beats));
  await new Promise<void>((resolve, reject) => {
    socket.on('error', reject);
    socket.on('open', () => say('register', { capabilities, metadata: { name: id } }));
    socket.on('message', (data) => {
      const { type, payload } = JSON.parse(String(data)) as { type: string; payload: any };
      if (type === 'registered') {
        beats = setInterval(() => say('heartbeat', { status: 'available', activeTasks: 0 }), payload.config.heartbeatInterval / 2);
        resolve();
      }
      if (type === 'error') reject(new Error(JSON.stringify(payload)));
      if (type === 'task_cancelled') agent.cancelled.push(payload.taskId);
      if (type !== 'task') return;
      agent.tasks.push(payload);
      const result = answer(payload);
      if (result !== undefined) say('task_result', { taskId: payload.taskId, executionId: payload.executionId, status: 'completed', result });
    });
  });
  return agent;
}
