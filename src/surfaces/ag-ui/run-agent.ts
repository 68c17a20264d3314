/** Runs an agent for a client of AG-UI: what the user says now goes to the thread, or answers go to what its run asks; the run is told as events. */
import type { Message } from '../../contracts/conversation/start';
import type { Principal } from '../../contracts/principal';
import type { Answer, Question } from '../../domain/conversation/clients/said';
import { threadNamed } from '../../domain/conversation/clients/thread-name';
import { answerQuestions, followRun, threadNow, type ConversationPorts, type Following } from '../../gateway/conversation-following';
import { Fault } from '../../errors/fault';
import { route } from '../http/route';
import type { SseMessage } from '../http/sse';
import { AgentParams, Parts, Payload, RunAgentInput, type Resume } from './bodies';
import { Event, RunEvents } from './events';

const misread = (field: string, reason: string): Fault => new Fault('invalid', 'request.invalid', `${field}: ${reason}`, { field, reason, in: 'body' });

function textOf(content: unknown, field: string): string {
  if (typeof content === 'string') return content;
  const { success, data } = Parts.safeParse(content);
  if (!success) throw misread(field, 'expected text, or parts {"type": "text", "text"}');
  const other = data.findIndex(({ type }) => type !== 'text');
  if (other >= 0) throw misread(`${field}.${other}.type`, 'expected text; other parts are not read');
  return data.map((part) => String(part['text'])).join('');
}

/** The messages of the user after everything else. */
function saidNow({ messages }: RunAgentInput): readonly Message[] {
  const last = messages.findLastIndex(({ role }) => role !== 'user');
  const said = messages.slice(last + 1).map(({ content }, at) => ({ role: 'user' as const, text: textOf(content, `messages.${last + 1 + at}.content`) }));
  const empty = said.findIndex(({ text }) => text === '');
  if (empty >= 0) throw misread(`messages.${last + 1 + empty}.content`, 'expected text');
  if (said.length === 0) throw misread('messages', 'expected a message of the user as the last one, or answers in resume');
  return said;
}

function answerOf({ interruptId, status, payload }: Resume, at: number, questions: readonly Question[]): readonly [string, Answer] {
  if (!questions.some(({ id }) => id === interruptId)) throw misread(`resume.${at}.interruptId`, 'no interrupt with this id waits');
  if (status === 'cancelled') return [interruptId, { approve: false, comment: null }];
  const { success, data } = Payload.safeParse(payload);
  if (!success) throw misread(`resume.${at}.payload`, 'expected {"approved": true|false, "comment"}, or true or false');
  return [interruptId, typeof data === 'boolean' ? { approve: data, comment: null } : { approve: data.approved, comment: data.comment ?? null }];
}

interface Asked {
  readonly principal: Principal;
  readonly body: RunAgentInput;
  readonly slug: string;
  readonly requestId: string;
}

/** Fault `conversation.agent_not_found`. */
async function ensureThread(ports: ConversationPorts, { principal, body, slug, requestId }: Asked): Promise<string> {
  const id = threadNamed(body.threadId);
  const agent = await ports.agents.get(principal, slug);
  const there = await ports.reads.get(principal, id).catch((thrown: unknown) => {
    if (thrown instanceof Fault && thrown.code === 'conversation.not_found') return null;
    throw thrown;
  });
  // Two requests may find that it is not there; the one that comes second has what the first one made.
  if (!there)
    await ports.conversations
      .open(principal, { id, agent: agent.id, title: '', metadata: {} }, { idempotencyKey: null, requestId })
      .catch(async (thrown: unknown) => {
        if (thrown instanceof Fault && thrown.code === 'conversation.exists') return void (await ports.reads.get(principal, id));
        throw thrown;
      });
  return id;
}

async function begin(ports: ConversationPorts, asked: Asked): Promise<Following> {
  const { principal, body, slug, requestId } = asked;
  const call = { idempotencyKey: `ag-ui ${body.runId}`, requestId };
  if (body.resume !== undefined && body.resume.length > 0) {
    const threadId = threadNamed(body.threadId);
    const { questions, sequence } = await threadNow(ports, principal, threadId);
    const answers = new Map(body.resume.map((entry, at) => answerOf(entry, at, questions)));
    await answerQuestions(ports, principal, { threadId, questions, answers }, call);
    return { threadId, runId: questions[0]?.runId ?? '', after: sequence, answered: new Set(answers.keys()) };
  }
  const messages = saidNow(body);
  const threadId = await ensureThread(ports, asked);
  const { runId, afterSequence } = await ports.conversations.startRun(
    principal,
    { threadId, agent: slug, messages, config: {}, metadata: { agUiRunId: body.runId }, whenBusy: 'refuse' },
    call,
  );
  return { threadId, runId, after: afterSequence };
}

const EXAMPLE = {
  threadId: '0f9d2c1e-6d0a-4a57-9a51-5f4f2f1f7a10',
  runId: '6b1f7d0e-3c43-4a3a-8d8e-0b8a4b8f2a11',
  messages: [{ id: 'message-1', role: 'user', content: 'What is new?' }],
  tools: [],
  context: [],
};

export const runAgent = route({
  method: 'post',
  path: '/ag-ui/agents/:slug',
  summary: 'Run an agent, and hear what it says',
  operationId: 'runAgUiAgent',
  resource: 'thread',
  scope: 'agent:run',
  limit: 'execute',
  bodyRequired: true,
  params: AgentParams,
  body: RunAgentInput,
  examples: { bodies: { asking: EXAMPLE } },
  reply: {
    status: 200,
    description: 'The events of the run, until it has ended or asks a person. It goes on when nobody listens.',
    stream: true,
    events: { message: Event },
  },
  faults: [422],
  handle: async ({ body, params, principal, requestId }, ports: ConversationPorts) => {
    const following = await begin(ports, { principal, body, slug: params.slug, requestId });
    const followed = await followRun(ports, principal, following);
    const events = new RunEvents({ threadId: body.threadId, runId: body.runId });
    return {
      breaksOff: true as const,
      messages: async function* (signal: AbortSignal): AsyncGenerator<SseMessage, void, void> {
        for (const data of events.begin(following.answered ? followed.before : null)) yield { data };
        for await (const said of followed.says(signal)) for (const data of events.push(said)) yield { data };
      },
    };
  },
});
