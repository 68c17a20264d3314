/** The adapter of the scripted test agent (./scripted/agent.ts): structured events first, its rendered prompt second. */
import { existsSync } from 'node:fs';
import { extname, join, resolve } from 'node:path';
import { AskAction, type Ask, type Answer } from '../../src/contracts/managed-thread/ask';
import type { Adapter, Keystroke, Reading, Screen, SeenAsk, SessionView } from './adapter';
import { ASK_OPTIONS, PROMPT, type ScriptedEvent } from './scripted/events';
import { plainText, typeMessage } from './typing';

/** The compiled program; a folder given by EVERTHREAD_SCRIPTED_PROGRAM in the session's environment wins. */
function programFile(env: Readonly<Record<string, string>>): string {
  if (env.EVERTHREAD_SCRIPTED_PROGRAM) return env.EVERTHREAD_SCRIPTED_PROGRAM;
  return extname(__filename) === '.js'
    ? join(__dirname, 'scripted', 'agent.js')
    : resolve(__dirname, '..', '..', 'dist', 'activities', 'agents', 'scripted', 'agent.js');
}

const eventsOf = (records: SessionView['records']): ScriptedEvent[] =>
  records.flatMap(({ source, data }) => (source === 'agent' && typeof data.event === 'string' ? [data as unknown as ScriptedEvent] : []));

const atPrompt = ({ lines, cursor }: Screen): boolean => lines[cursor.y]?.startsWith(PROMPT.trimEnd()) === true;

function askOf(event: Extract<ScriptedEvent, { event: 'asked' }>): SeenAsk {
  const { kind, text, category, command, url, code } = event;
  if (kind !== 'permission') return { kind, text, options: [], ...(url && { url }), ...(code && { code }) };
  const known = AskAction.shape.category.safeParse(category);
  return { kind, text, options: [...ASK_OPTIONS], approveOption: 1, denyOption: 3, action: { category: known.data ?? 'unknown', ...(command && { command }) } };
}

function read({ records, recordsBefore, screen, purpose }: SessionView): Reading {
  const events = eventsOf(records);
  const recent = eventsOf(records.slice(recordsBefore));
  const worked = recent.some(({ event }) => event !== 'session_start');
  const started = events.find((event) => event.event === 'session_start');
  const tools = recent.flatMap((event) => (event.event === 'tool_start' ? [{ name: event.name }] : []));
  const base = { ...(purpose !== 'start' && { tools }), ...(started && { conversationId: started.conversationId }), ...(purpose !== 'start' && { worked }) };
  const last = events.findLast(({ event }) => event !== 'said' && event !== 'tool_end');
  switch (last?.event) {
    case undefined:
      return { phase: 'starting' };
    case 'session_start':
      return atPrompt(screen) ? { ...base, phase: 'ready', certain: true } : { ...base, phase: 'starting' };
    case 'turn_end': {
      const ended = recent.findLast((event) => event.event === 'turn_end');
      const { message, confidence } = ended ?? {};
      return {
        ...base,
        phase: 'ready',
        certain: ended !== undefined,
        ...(message !== undefined && { message }),
        ...(confidence !== undefined && { confidence }),
      };
    }
    case 'asked':
      return { ...base, phase: 'blocked', ask: askOf(last), certain: true };
    default: {
      const running = events.findLast((event) => event.event === 'tool_start' || event.event === 'tool_end');
      const said = recent.findLast((event) => event.event === 'said');
      return { ...base, phase: 'working', ...(running?.event === 'tool_start' && { tool: { name: running.name } }), ...(said && { message: said.text }) };
    }
  }
}

function answer(ask: Ask, given: Answer): readonly Keystroke[] | null {
  if ('text' in given) return ask.options.length > 0 ? null : [{ data: plainText(given.text).replaceAll('\n', ' '), pauseMs: 5 }, { data: '\r' }];
  if (ask.options.length === 0) return 'approve' in given && given.approve && ask.kind === 'login' ? [{ data: '\r' }] : null;
  const option = 'option' in given ? given.option : given.approve ? ask.approveOption : ask.denyOption;
  return option !== undefined && ask.options.some((each) => each.option === option) ? [{ data: String(option) }] : null;
}

export const scriptedAdapter: Adapter = {
  type: 'scripted',
  description: 'The test agent: does what its messages tell it.',
  settleMs: { ready: 100, blocked: 100 },
  missing: async (env) => (existsSync(programFile(env)) ? null : 'The scripted agent is not built; run the build first.'),
  launch: async ({ env, conversationId, recordsFile, recordCommand }) => ({
    command: process.execPath,
    args: [programFile(env), ...(conversationId === null ? [] : ['--resume', conversationId])],
    env: {
      EVERTHREAD_SCRIPTED_RECORDS: recordsFile,
      EVERTHREAD_SCRIPTED_STATE: env.EVERTHREAD_SCRIPTED_STATE ?? join(env.HOME ?? '/tmp', '.everthread-scripted'),
      ...(env.EVERTHREAD_SCRIPTED_HOOKS === '1' && { EVERTHREAD_SCRIPTED_HOOK: JSON.stringify(recordCommand) }),
    },
    resumes: conversationId !== null,
  }),
  read,
  message: (text) => typeMessage(text, { paste: true, pauseMs: 5 }),
  answer,
  interrupt: () => [{ data: '\u0003' }],
  leave: () => [{ data: '\u0003', pauseMs: 20 }, { data: '/exit\r' }],
  output: ({ screen }) => {
    const lines = [...screen.scrollback, ...screen.lines].filter((line) => line.startsWith('• '));
    return lines
      .map((line) => line.slice(2))
      .join('\n')
      .slice(-8_000);
  },
};
