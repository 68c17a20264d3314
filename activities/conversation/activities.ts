/** The activities of conversations, put together. Whatever fails leaves as a fault: its kind says whether Temporal tries again. */
import { CancelledFailure } from '@temporalio/activity';
import type { ConversationActivities } from '../../src/contracts/conversation/activities';
import { faultFrom } from '../../src/errors/fault';
import type { ConversationDependencies } from './dependencies';
import { prepareThreadRun } from './prepare-run';
import { summariseRollout } from './summarise';

async function declared<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    throw thrown instanceof CancelledFailure ? thrown : faultFrom(thrown);
  }
}

/** Characters of a token, about. */
const TOKEN_CHARS = 4;

export const conversationActivities = (deps: ConversationDependencies): ConversationActivities => ({
  prepareThreadRun: (input) => declared(() => prepareThreadRun(deps, input)),
  summariseRollout: (input) => declared(() => summariseRollout(deps, input)),
  endOfThreadRun: ({ conversation, runId }) =>
    declared(async () => {
      const status = await deps.runs.endOf(conversation.tenant, runId);
      return status && { status };
    }),
  rolloutTokens: ({ conversation: { tenant, threadId }, rolloutId }) =>
    declared(async () => Math.ceil((await deps.content.chars(tenant, threadId, rolloutId)) / TOKEN_CHARS)),
  eraseConversation: ({ conversation: { tenant, threadId } }) => declared(() => deps.content.erase(tenant, threadId)),
});
