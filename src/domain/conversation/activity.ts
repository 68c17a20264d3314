/** The journal of a conversation as its activity: what happened to the thread, in a line each. Pure. */
import type { ThreadActivity } from '../../contracts/conversation/ports';
import type { ConversationEvent } from '../../contracts/conversation/journal';

interface Row {
  readonly seq: number;
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly at: string;
  readonly by: { readonly subject: string };
}

function titleOf({ type, data }: ConversationEvent): string {
  switch (type) {
    case 'run_queued':
      return `A run of ${data.agent.slug} waits for its turn`;
    case 'run_started':
      return `A run of ${data.agent.slug} began`;
    case 'run_cancel_requested':
      return `${data.by} cancelled the run`;
    case 'run_dequeued':
      return `${data.by} took a waiting run back`;
    case 'run_ended':
      return `The run ended: ${data.status}${data.error ? `, ${data.error.message}` : ''}`;
    case 'compaction_started':
      return `Compaction began, ${data.reason}`;
    case 'compaction_completed':
      return `Compaction opened rollout ${data.rolloutId}`;
    case 'compaction_failed':
      return `Compaction failed: ${data.error.message}`;
    case 'renamed':
      return `Renamed to ${data.title}`;
    case 'archived':
      return data.archived ? 'Archived' : 'Taken out of the archive';
    case 'deleted':
      return 'Deleted';
    case 'command_refused':
      return `A command was refused: ${data.message}`;
  }
}

function severityOf({ type, data }: ConversationEvent): ThreadActivity['severity'] {
  if (type === 'compaction_failed' || type === 'command_refused') return 'warning';
  return type === 'run_ended' && data.status === 'failed' ? 'error' : 'info';
}

export function activityOf({ seq, type, data, at, by }: Row): ThreadActivity {
  const event = { type, data } as unknown as ConversationEvent;
  const runId = typeof data['runId'] === 'string' ? data['runId'] : null;
  return { seq, eventType: type, actorUserId: by.subject, runId, title: titleOf(event), severity: severityOf(event), createdAt: at };
}
