/**
 * Agents that a configuration describes: which program, how its screen looks when it is ready, works or asks, and what to type.
 *
 * Patterns are matched against rendered lines, the last few that are not empty and 500 characters of each, so a pattern cannot run long.
 */
import { z } from 'zod';
import { parse } from '../../src/contracts/parse';
import { AskAction, AskKind, type Answer, type Ask } from '../../src/contracts/managed-thread/ask';
import type { Adapter, Keystroke, Reading, Screen, SeenAsk } from './adapter';
import { newLines } from './new-lines';
import { missingProgram } from './program';
import { plainText, typeMessage } from './typing';

const pattern = z
  .string()
  .min(1)
  .max(500)
  .refine((source) => {
    try {
      new RegExp(source, 'm');
      return true;
    } catch {
      return false;
    }
  }, 'expected a regular expression');

const keystrokes = z.string().min(1).max(200);

export const CustomAgent = z.strictObject({
  name: z
    .string()
    .min(1)
    .max(64)
    .regex(/^[a-z0-9][a-z0-9._-]*$/, 'expected lower-case letters, digits and . _ -'),
  description: z.string().max(200).optional(),
  /** Absolute, or looked up on the PATH of the session. */
  command: z.string().min(1).max(4_096),
  args: z.array(z.string().max(4_096)).max(100).default([]),
  /** Arguments put before the others when there is a conversation to resume; `{id}` stands for its id. */
  resumeArgs: z.array(z.string().max(4_096)).max(20).optional(),
  env: z.record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/), z.string().max(32_768)).default({}),
  /** Matches the last lines when the program waits for a message. */
  ready: pattern,
  /** Matches while it works; wins over `ready`. */
  working: pattern.optional(),
  /** Questions of the program; the first that matches wins over everything. */
  prompts: z
    .array(
      z.strictObject({
        match: pattern,
        kind: AskKind,
        category: AskAction.shape.category.optional(),
        /** What each choice is called and what is typed for it. Empty: a text is typed, then Enter. */
        options: z
          .array(z.strictObject({ label: z.string().min(1).max(200), type: keystrokes }))
          .max(20)
          .default([]),
        approveOption: z.int().min(1).max(20).optional(),
        denyOption: z.int().min(1).max(20).optional(),
      }),
    )
    .max(50)
    .default([]),
  enter: keystrokes.default('\r'),
  interrupt: keystrokes.default('\u0003'),
  /** What is typed to end it; without it its process gets SIGHUP. */
  leave: keystrokes.optional(),
  /** The program understands bracketed paste. */
  paste: z.boolean().default(false),
  settleMs: z.int().min(0).max(60_000).default(500),
});
export type CustomAgent = z.input<typeof CustomAgent>;

/** The configuration file: a list of agents. */
export const CustomAgents = z.array(CustomAgent).max(100);

type Agent = z.output<typeof CustomAgent>;

const LINE_MAX = 500;
const LAST_LINES = { ready: 5, working: 10, prompts: 20 } as const;

/** The last lines that are not empty, oldest first. */
const lastLines = ({ lines }: Screen, count: number): string =>
  lines
    .filter((line) => line.trim() !== '')
    .slice(-count)
    .map((line) => line.slice(0, LINE_MAX))
    .join('\n');

const matches = (source: string, screen: Screen, count: number): boolean => new RegExp(source, 'm').test(lastLines(screen, count));

function askOf({ match, kind, category, options, approveOption, denyOption }: Agent['prompts'][number], screen: Screen): SeenAsk {
  const text = lastLines(screen, LAST_LINES.prompts);
  const from = text.search(new RegExp(match, 'm'));
  return {
    kind,
    text: text.slice(Math.max(0, from)),
    options: options.map(({ label }, index) => ({ option: index + 1, label })),
    ...(approveOption !== undefined && { approveOption }),
    ...(denyOption !== undefined && { denyOption }),
    ...(category && { action: { category } }),
  };
}

function read(agent: Agent, screen: Screen, starting: boolean): Reading {
  const prompt = agent.prompts.find(({ match }) => matches(match, screen, LAST_LINES.prompts));
  if (prompt) return { phase: 'blocked', ask: askOf(prompt, screen) };
  if (agent.working && matches(agent.working, screen, LAST_LINES.working)) return { phase: 'working' };
  if (matches(agent.ready, screen, LAST_LINES.ready)) return { phase: 'ready' };
  return { phase: starting ? 'starting' : 'working' };
}

function answer(agent: Agent, ask: Ask, given: Answer): readonly Keystroke[] | null {
  if ('text' in given) return ask.options.length > 0 ? null : [{ data: plainText(given.text).replaceAll('\n', ' '), pauseMs: 50 }, { data: agent.enter }];
  const option = 'option' in given ? given.option : given.approve ? ask.approveOption : ask.denyOption;
  const label = ask.options.find((each) => each.option === option)?.label;
  const rule = agent.prompts.find(
    ({ kind, options }) => kind === ask.kind && options.length === ask.options.length && options[(option ?? 0) - 1]?.label === label,
  );
  const type = option === undefined ? undefined : rule?.options[option - 1]?.type;
  return type === undefined ? null : [{ data: type }];
}

/** An adapter from a configuration. Fault `config.custom_agent` (invalid) naming the field. */
export function customAdapter(config: unknown): Adapter {
  const agent = parse(CustomAgent, config, 'config.custom_agent');
  return {
    type: agent.name,
    description: agent.description ?? `${agent.command}, as configured.`,
    settleMs: { ready: agent.settleMs, blocked: agent.settleMs },
    missing: (env) => missingProgram(agent.command, { ...env, ...agent.env }, `Install it, or correct the configuration of the agent "${agent.name}".`),
    launch: async ({ conversationId }) => {
      const resumes = conversationId !== null && agent.resumeArgs !== undefined;
      const resume = resumes ? (agent.resumeArgs ?? []).map((arg) => arg.replaceAll('{id}', conversationId)) : [];
      return { command: agent.command, args: [...resume, ...agent.args], env: agent.env, resumes };
    },
    read: ({ screen, purpose }) => read(agent, screen, purpose === 'start'),
    message: (text) => typeMessage(text, { paste: agent.paste, enter: agent.enter, pauseMs: 50 }),
    answer: (ask, given) => answer(agent, ask, given),
    interrupt: () => [{ data: agent.interrupt }],
    leave: () => (agent.leave === undefined ? null : [{ data: agent.leave }]),
    output: ({ before, screen }) => {
      const lines = newLines(before, screen);
      while (lines.length > 0 && new RegExp(agent.ready, 'm').test((lines.at(-1) ?? '').slice(0, LINE_MAX))) lines.pop();
      return lines.join('\n').trim().slice(-8_000);
    },
  };
}
