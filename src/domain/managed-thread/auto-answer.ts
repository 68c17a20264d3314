/**
 * Which prompts of an agent Everthread answers by itself. Nothing that the thread's approval preset says must be asked is ever
 * answered here: what this module is not sure about goes to a person.
 *
 * | prompt | readonly | standard | permissive | autonomous |
 * |---|---|---|---|---|
 * | permission: read a file, plan | yes | yes | yes | yes |
 * | permission: web | person | yes | yes | yes |
 * | permission: write a file, start an agent | person | person | yes | yes |
 * | permission: shell, anything unknown | person | person | person | yes |
 * | trust, for exactly the thread's own workspace | person | yes | yes | yes |
 * | update | no | no | no | no |
 * | login, config, terms, model or project choice, a waiting tool, a question, anything else | person | person | person | person |
 */
import type { Answer, Ask } from '../../contracts/managed-thread/ask';
import type { ApprovalPreset } from '../../contracts/managed-thread/spawn';
import { leavesWorkspace } from './workspace-boundary';

export interface AutoAnswerQuestion {
  readonly ask: Ask;
  readonly preset: ApprovalPreset;
  /** Automatic answers that policy.maxAutoResponses still allows in this session. */
  readonly left: number;
  readonly requireWorkspaceBoundary: boolean;
  /** Where the agent works, or null when that is not known. */
  readonly workspacePath: string | null;
}

export interface AutoAnswer {
  readonly answer: Answer;
  /** In words, for the journal. */
  readonly reason: string;
}

type Category = NonNullable<Ask['action']>['category'];

const QUIET: readonly Category[] = ['file_read', 'planning'];
/** What each preset allows without asking (digest §1.11). */
export const ALLOWED: Readonly<Record<ApprovalPreset, readonly Category[]>> = {
  readonly: QUIET,
  standard: [...QUIET, 'web'],
  permissive: [...QUIET, 'web', 'file_write', 'agent'],
  autonomous: [...QUIET, 'web', 'file_write', 'agent', 'shell', 'unknown'],
};

/** The answer that the preset gives, or null: ask a person. */
export function autoAnswer(question: AutoAnswerQuestion): AutoAnswer | null {
  if (question.left <= 0) return null;
  switch (question.ask.kind) {
    case 'permission':
      return permission(question);
    case 'trust':
      return trust(question);
    case 'update':
      return canSay(question.ask, 'denyOption') ? { answer: { approve: false }, reason: 'updates are never installed from inside a thread' } : null;
    case 'login':
    case 'config':
    case 'tos':
    case 'model_select':
    case 'project_select':
    case 'tool_wait':
    case 'question':
    case 'unknown':
      return null;
  }
}

function permission({ ask, preset, requireWorkspaceBoundary, workspacePath }: AutoAnswerQuestion): AutoAnswer | null {
  const category = ask.action?.category ?? 'unknown';
  if (!ALLOWED[preset].includes(category) || !canSay(ask, 'approveOption')) return null;
  if (requireWorkspaceBoundary && (workspacePath === null || leavesWorkspace(ask.action ?? {}, workspacePath))) return null;
  return { answer: { approve: true }, reason: `preset ${preset} allows ${category} without asking` };
}

/** Trusting a directory lets the CLI run what the directory configures, so readonly leaves it to a person. */
function trust({ ask, preset, workspacePath }: AutoAnswerQuestion): AutoAnswer | null {
  if (preset === 'readonly' || workspacePath === null || !canSay(ask, 'approveOption')) return null;
  const named = ask.action?.path;
  const own = named === undefined ? names(ask.text, workspacePath) : trimSlash(named) === trimSlash(workspacePath);
  return own ? { answer: { approve: true }, reason: 'the directory is the workspace that this thread was given' } : null;
}

/** A choice whose yes (or no) the adapter could not tell is for a person. */
const canSay = (ask: Ask, option: 'approveOption' | 'denyOption'): boolean => ask.options.length === 0 || ask[option] !== undefined;

const trimSlash = (path: string): string => (path.length > 1 ? path.replace(/\/+$/, '') : path);

/** Whether the text names exactly this path, and no other absolute one. */
function names(text: string, path: string): boolean {
  const found = text.match(/(?<![\w.~/:-])~?\/[^\s"'`()<>|│]+/g) ?? [];
  const paths = found.map((it) => trimSlash(it.replace(/[?!.,:;]+$/, '')));
  return paths.length > 0 && paths.every((it) => it === trimSlash(path));
}
