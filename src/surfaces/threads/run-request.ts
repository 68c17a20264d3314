/** From the body of `POST /v1/run` to what the conversation takes. */
import { Fault } from '../../errors/fault';
import type { StartRunRequest } from '../../contracts/conversation/ports';
import { MESSAGES_CHARS_MAX, type Message } from '../../contracts/conversation/start';
import type { RunBody } from './bodies';

const invalid = (field: string, reason: string): Fault => new Fault('invalid', 'request.invalid', `${field}: ${reason}`, { field, reason, in: 'body' });

type Given = NonNullable<RunBody['messages']>[number];

function messageOf({ role, content, parts }: Given, at: number): Message {
  if ((content === undefined) === (parts === undefined)) throw invalid(`messages.${at}.content`, 'expected either content or parts');
  return { role, text: content ?? (parts ?? []).map(({ text }) => text).join('') };
}

function messagesOf({ prompt, messages }: Pick<RunBody, 'prompt' | 'messages'>): readonly Message[] {
  if ((prompt === undefined) === (messages === undefined)) throw invalid('prompt', 'expected either prompt or messages');
  const found = prompt === undefined ? (messages ?? []).map(messageOf) : [{ role: 'user' as const, text: prompt }];
  if (found.at(-1)?.role !== 'user') throw invalid(`messages.${found.length - 1}.role`, 'expected the last message to be the user’s');
  if (found.reduce((sum, { text }) => sum + text.length, 0) > MESSAGES_CHARS_MAX)
    throw invalid('messages', `expected at most ${MESSAGES_CHARS_MAX} characters in all`);
  return found;
}

/** Fault `request.invalid` naming the field. */
export function startRequest(body: RunBody): StartRunRequest {
  const { agent = null, threadId = null, config, metadata, whenBusy } = body;
  if (agent === null && threadId === null) throw invalid('agent', 'is required where no thread is named');
  return { threadId, agent, messages: messagesOf(body), config, metadata, whenBusy };
}
