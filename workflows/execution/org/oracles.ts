/** Checks of a result: each gives a confidence, or null when it cannot tell. */
import type { Oracle, Role, Verification } from '../../../src/contracts/pattern/org-chart';
import type { Json } from '../../../src/contracts/pattern/json';
import type { CheckEnd } from '../../../src/contracts/managed-thread/terminal';
import { threadRef } from '../../../src/contracts/managed-thread/commands';
import type { Frame } from '../../../src/domain/execution/frame';
import { commandWords } from '../../../src/domain/org/command-line';
import { historyConfidence } from '../../../src/domain/org/history';
import { criterionMessage, rubricMessage } from '../../../src/domain/org/messages';
import { checklistConfidence, commandConfidence } from '../../../src/domain/org/score';
import { reviewed } from '../../../src/domain/pattern/confidence/markers';
import { combined } from '../../../src/domain/pattern/confidence/combine';
import { Fault } from '../../../src/errors/fault';
import { callHost } from '../../managed-thread/host-calls';
import { ask } from '../approval';
import { textOf, valueOf } from '../values';
import { hostLinkOf } from './host-link';
import { orgCalls, roleOf, type OrgRun } from './org-run';
import { performSurely } from './role-work';
import type { Member } from './staff';

/** What is judged, and whose it is. */
export interface Subject {
  readonly step: string;
  readonly result: Json;
  readonly role: Role | null;
  /** In whose workspace commands run. */
  readonly member: Member | null;
  readonly frame: Frame;
}

export interface Signal {
  readonly source: 'selfreport' | Oracle['type'];
  readonly confidence: number | null;
  readonly weight: number;
  /** In words, for people and for the next try. */
  readonly detail: string;
}

export interface Measured {
  readonly confidence: number | null;
  /** Without what history says. */
  readonly measured: number | null;
  /** Those that could tell, joined with `+`. */
  readonly source: string;
  readonly detail: string;
}

/** Characters of one detail. */
const DETAIL_MAX = 1_500;
const CHECK_MS = 120_000;

/** True for those that look into the workspace: they run while nobody else may use it. */
export const looksInside = (oracle: Oracle): boolean => oracle.type === 'command';

export async function consult(org: OrgRun, verification: Verification['oracles'], subject: Subject): Promise<Signal[]> {
  const signals: Signal[] = [];
  for (const { oracle, weight } of verification) {
    const { confidence, detail } = await judge(org, oracle, subject);
    signals.push({ source: oracle.type, weight, confidence, detail: detail.slice(0, DETAIL_MAX) });
  }
  return signals;
}

export function measure(signals: readonly Signal[], by: Verification['combine']): Measured {
  const told = signals.filter(({ confidence }) => confidence !== null);
  const detail = signals.map(
    ({ source, confidence, detail: said }) => `${source}: ${confidence === null ? 'no signal' : confidence.toFixed(2)}${said === '' ? '' : `; ${said}`}`,
  );
  return {
    confidence: combined(told, by),
    measured: combined(
      told.filter(({ source }) => source !== 'history'),
      by,
    ),
    source: told.length === 0 ? 'none' : told.map(({ source }) => source).join('+'),
    detail: detail.join('\n').slice(0, 4 * DETAIL_MAX),
  };
}

interface Judgement {
  readonly confidence: number | null;
  readonly detail: string;
}

async function judge(org: OrgRun, oracle: Oracle, subject: Subject): Promise<Judgement> {
  switch (oracle.type) {
    case 'command': {
      const end = await runCommand(org, subject, valueOf(oracle.run, subject.frame), {
        cwd: oracle.cwd && textOf(oracle.cwd, subject.frame),
        timeoutMs: oracle.timeoutMs,
      });
      return { confidence: commandConfidence(end, oracle), detail: endInWords(end) };
    }
    case 'agent':
      return byAgent(org, oracle, subject);
    case 'history':
      return byHistory(org, oracle, subject);
    case 'checklist':
      return byChecklist(org, oracle, subject);
    case 'human':
      return byHuman(org, oracle, subject);
  }
}

const endInWords = ({ exitCode, reason, output }: CheckEnd): string => `${reason ?? `exit status ${String(exitCode)}`}\n${output.slice(-1_000)}`;

/** In the workspace of the thread that did the work, on its host. Fault `execution.no_workspace` (conflict) where there is none. */
async function runCommand(
  { run }: OrgRun,
  { member, step }: Subject,
  command: Json,
  { cwd, timeoutMs }: { readonly cwd: string | null; readonly timeoutMs: number },
): Promise<CheckEnd> {
  const argv = commandWords(command);
  if (!member) throw new Fault('conflict', 'execution.no_workspace', `${step}: a command needs the workspace of a thread, and none worked on this.`, { step });
  const tenant = run.start.tenant;
  const { hostId, workspacePath, specRef } = await orgCalls(`workspace of ${member.role.id}`).findThread({ tenant, threadId: member.threadId });
  if (hostId === null || workspacePath === null)
    throw new Fault('conflict', 'execution.no_workspace', `${step}: the thread of ${member.role.id} has no workspace.`, { step, threadId: member.threadId });
  const actor = threadRef(tenant, member.threadId);
  const options = { id: `check/${run.nextTaskId()}`, summary: argv.join(' ').slice(0, 100), attemptMs: timeoutMs + 30_000 };
  return callHost(hostLinkOf(actor, hostId), 'runCheck', { actor, specRef, workspacePath, cwd, argv, timeoutMs }, options);
}

/** Who judges: the named role, else the superior. Nobody judges their own work. */
function judgeOf({ plan }: OrgRun, named: string | null, role: Role | null): Role | null {
  const id = named ?? role?.reportsTo ?? null;
  return id === null || id === role?.id ? null : roleOf(plan, id);
}

const NO_JUDGE: Judgement = { confidence: null, detail: 'there is nobody to judge it' };

async function byAgent(org: OrgRun, { role, rubric }: Extract<Oracle, { type: 'agent' }>, subject: Subject): Promise<Judgement> {
  const by = judgeOf(org, role, subject.role);
  if (!by) return NO_JUDGE;
  const { result, summary } = await performSurely(org, by, {
    step: subject.step,
    message: rubricMessage(subject.result, rubric && valueOf(rubric, subject.frame)),
  });
  const { confidence } = reviewed(typeof result === 'string' ? result : summary);
  return { confidence, detail: confidence === null ? `${by.id} gave no verdict` : summary };
}

async function byHistory({ run }: OrgRun, oracle: Extract<Oracle, { type: 'history' }>, { role }: Subject): Promise<Judgement> {
  if (!role) return { confidence: null, detail: 'it is nobody’s work' };
  const { tenant, patternName, id: executionId } = run.start;
  const { runs } = await orgCalls(`history of ${role.id}`).roleHistory({ tenant, patternName, executionId, role: role.id, maxRuns: oracle.maxRuns });
  return { confidence: historyConfidence(runs, oracle, Date.now()), detail: `${runs.length} earlier executions` };
}

async function byChecklist(org: OrgRun, { criteria, weighting, role }: Extract<Oracle, { type: 'checklist' }>, subject: Subject): Promise<Judgement> {
  const by = judgeOf(org, role, subject.role);
  const held: (boolean | null)[] = [];
  const words: string[] = [];
  for (const { text, run } of criteria) {
    const criterion = textOf(text, subject.frame);
    const holds = run
      ? (await runCommand(org, subject, valueOf(run, subject.frame), { cwd: null, timeoutMs: CHECK_MS })).exitCode === 0
      : await judgedBy(org, by, criterion, subject);
    held.push(holds);
    words.push(`${holds === null ? '?' : holds ? 'yes' : 'no'}: ${criterion}`);
  }
  return { confidence: checklistConfidence(held, weighting), detail: words.join('\n') };
}

async function judgedBy(org: OrgRun, by: Role | null, criterion: string, subject: Subject): Promise<boolean | null> {
  if (!by) return null;
  const { result, summary } = await performSurely(org, by, { step: subject.step, message: criterionMessage(subject.result, criterion) });
  const { verdict } = reviewed(typeof result === 'string' ? result : summary);
  return verdict === null ? null : verdict === 'approve';
}

async function byHuman(
  { run }: OrgRun,
  { prompt, timeoutMs, onTimeout }: Extract<Oracle, { type: 'human' }>,
  { step, result, frame }: Subject,
): Promise<Judgement> {
  const message = prompt ? textOf(prompt, frame) : `Is the result of ${step} good?`;
  const waits = onTimeout === 'surface' ? { timeoutMs: null, overdueMs: timeoutMs } : { timeoutMs };
  const answer = await ask(run, { step, to: null, message: message.slice(0, 4_000), context: result, ...waits });
  if (!answer) return { confidence: 0, detail: 'nobody answered in time' };
  return {
    confidence: answer.approve ? 1 : 0,
    detail: `${answer.approve ? 'approved' : 'rejected'} by ${answer.answeredBy}${answer.comment === null ? '' : `: ${answer.comment}`}`,
  };
}
