/** What events say about the steps of a thread, folded by path: one commit changes each step once. */
import type { RecordedEvent } from '../contracts/actor';
import type { StoredValue } from '../contracts/execution/value';
import type { ScriptEvent, ScriptEventType } from '../contracts/script/events';
import type { ScriptError } from '../contracts/script/start';
import type { ScriptStepStatus } from '../contracts/script/status';
import { storableText } from '../domain/canonical-json';

/** Null leaves what stands there; a change with `began` replaces what an earlier attempt left. */
export interface StepChange {
  readonly path: string;
  name: string | null;
  primitive: string | null;
  tool: string | null;
  attempt: number | null;
  began: boolean;
  startedAt: string | null;
  status: ScriptStepStatus | null;
  endedAt: string | null;
  durationMs: number | null;
  input: StoredValue | null;
  output: StoredValue | null;
  error: ScriptError | null;
  executionId: string | null;
  /** Beside those of before. */
  tokensIn: number;
  tokensOut: number;
  firstSeq: number;
  lastSeq: number;
}

const NOTHING = {
  ...{ name: null, primitive: null, tool: null, attempt: null, began: false, startedAt: null, status: null, endedAt: null, durationMs: null },
  ...{ input: null, output: null, error: null, executionId: null, tokensIn: 0, tokensOut: 0 },
};

/** What a step is called where it has no label. */
export const stepName = (label: string | null, primitive: string, tool: string | null): string => label ?? (tool === null ? primitive : `${primitive} ${tool}`);

/** A failure after which the step goes on, or waits for a person. */
const GOES_ON: Readonly<Partial<Record<string, ScriptStepStatus>>> = { retry: 'RUNNING', fallback: 'RUNNING', pause: 'PAUSED', cancel: 'CANCELLED' };

type Fold = { [K in ScriptEventType]?: (data: Extract<ScriptEvent, { type: K }>['data'], change: StepChange, at: string) => void };

const FOLD: Fold = {
  step_started({ label, primitive, tool, attempt }, change, at) {
    const { tokensIn, tokensOut } = change;
    Object.assign(change, {
      ...NOTHING,
      tokensIn,
      tokensOut,
      name: storableText(stepName(label, primitive, tool)),
      primitive,
      tool,
      attempt,
      began: true,
      startedAt: at,
      status: 'RUNNING',
    });
  },
  step_completed({ input, output, durationMs, executionId }, change, at) {
    Object.assign(change, { status: 'COMPLETED', input, output, durationMs, executionId, endedAt: at });
  },
  step_failed({ input, error, durationMs, next }, change, at) {
    const status = GOES_ON[next] ?? 'FAILED';
    const over = status === 'FAILED' || status === 'CANCELLED';
    Object.assign(change, { status, input, error, ...(over && { durationMs, endedAt: at }) });
  },
  model_called({ tokensIn, tokensOut }, change) {
    change.tokensIn += tokensIn;
    change.tokensOut += tokensOut;
  },
  thread_paused(_data, change) {
    change.status = 'PAUSED';
  },
  thread_resumed(_data, change) {
    change.status = 'RUNNING';
  },
};

/** In the order in which the steps are first spoken of. */
export function stepChanges(events: readonly RecordedEvent[]): readonly StepChange[] {
  const changes = new Map<string, StepChange>();
  for (const { type, data, seq, at } of events) {
    const fold = FOLD[type as ScriptEventType] as ((data: unknown, change: StepChange, at: string) => void) | undefined;
    const path = data['path'];
    if (!fold || typeof path !== 'string') continue;
    const change = changes.get(path) ?? { path, ...NOTHING, firstSeq: seq, lastSeq: seq };
    changes.set(path, change);
    fold(data, change, at);
    change.lastSeq = seq;
  }
  return [...changes.values()];
}
