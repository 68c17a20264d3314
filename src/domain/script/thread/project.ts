/** A thread's row for lists and reads, what a person reads of it in the Temporal UI, and by what it is found there. */
import { SCRIPT_KIND, scriptAddress } from '../../../contracts/script/commands';
import type { ScriptStart, ScriptThreadProjection } from '../../../contracts/script/start';
import type { ScriptThreadStatus } from '../../../contracts/script/status';
import type { ScriptThreadState } from './state';

export function projectScriptThread(state: ScriptThreadState): ScriptThreadProjection {
  const { start, status, error, stepsStarted, stepsCompleted, totalSteps, pauses, yielded } = state;
  const { output, tokensIn, tokensOut, cancel, startedAt, endedAt, updatedAt } = state;
  return {
    ...{ start, status, error, current: state.open.at(-1) ?? null, stepsStarted, stepsCompleted, totalSteps, pauses, yielded },
    ...{ output, tokensIn, tokensOut, cancel, startedAt, endedAt, updatedAt },
  };
}

/** Values of the search attributes; whoever starts the workflow sets them, and saves it a write. */
export const scriptAttributes = (
  { tenant, id, scriptName }: Pick<ScriptStart, 'tenant' | 'id' | 'scriptName'>,
  status: ScriptThreadStatus,
): Readonly<Record<string, string>> => ({
  ...{ EverthreadKind: SCRIPT_KIND, EverthreadTenant: tenant, EverthreadStatus: status },
  ...{ EverthreadExecution: id, EverthreadPattern: scriptName },
});

/** Steps and pauses that are shown; the rest is counted. */
const SHOWN_MAX = 10;

export function describeScriptThread(state: ScriptThreadState): string {
  const { start, status, error, open, pauses } = state;
  const lines = [
    `**${start.scriptName}** ${start.version === 0 ? '(draft)' : `version ${start.version}`} is **${status}**${error ? ` (${error.code}: ${error.message})` : ''}`,
    '',
    `- steps: ${state.stepsStarted} begun, ${state.stepsCompleted} done; the script has ${state.totalSteps}`,
    ...open.slice(-SHOWN_MAX).map(({ path, name }) => `- at \`${path}\` ${name}`),
    ...(start.parent ? [`- part of ${start.parent.threadId}, at \`${start.parent.path}\``] : []),
    ...(start.deadlineAt === null ? [] : [`- until ${start.deadlineAt}`]),
    ...(state.cancel ? [`- cancelled by ${state.cancel.by}${state.cancel.reason === null ? '' : `: ${state.cancel.reason}`}`] : []),
  ];
  for (const pause of pauses.slice(0, SHOWN_MAX))
    lines.push(
      '',
      pause.kind === 'ask'
        ? `**Asks** at \`${pause.path}\`: ${pause.prompt.slice(0, 1_000)}${pause.refused === null ? '' : ` (${pause.refused})`}`
        : `**Waits for corrected input** at \`${pause.path}\`: ${pause.error.message.slice(0, 1_000)}`,
    );
  if (pauses.length > 0) {
    const input = `{"step_path":"${pauses[0]?.path ?? ''}","override":{"value":"…"}}`;
    lines.push('', `Resume by signal: \`temporal workflow signal -w ${scriptAddress(start.tenant, start.id)} --name resume --input '${input}'\``);
  }
  return lines.join('\n');
}
