/** What scripts may reach (docs/script-tools.md): channels that `send` knows, and how risky a tool of runs may be. */
import { z } from 'zod';
import { list, text } from './fields';

const CHANNELS_MAX = 100;
const RISKS = ['low', 'medium', 'high', 'critical'] as const;
const CHANNEL = /^([A-Za-z0-9][A-Za-z0-9._-]{0,63})=(.+)$/;

const isChannel = (part: string): boolean => {
  const [, name, url = ''] = CHANNEL.exec(part) ?? [];
  if (name === undefined || name === 'webhook' || !URL.canParse(url)) return false;
  const { protocol, username, password } = new URL(url);
  return /^https?:$/.test(protocol) && `${username}${password}` === '';
};

const entries = (parts: readonly string[]): Readonly<Record<string, string>> =>
  Object.fromEntries(parts.map((part) => [CHANNEL.exec(part)?.[1] ?? '', CHANNEL.exec(part)?.[2] ?? '']));

export const SCRIPT_FIELDS = {
  EVERTHREAD_SCRIPT_CHANNELS: list
    .refine(
      (parts) => parts.length <= CHANNELS_MAX && parts.every(isChannel) && Object.keys(entries(parts)).length === parts.length,
      `expected at most ${CHANNELS_MAX} parts such as team=https://example.com/hook, separated by commas, each name once and none of them webhook`,
    )
    .transform(entries)
    .default({}),
  EVERTHREAD_SCRIPT_CHANNEL_SECRET: text.refine((value) => Buffer.byteLength(value) >= 16, 'expected at least 16 bytes').optional(),
  EVERTHREAD_SCRIPT_TOOL_RISK: z.enum(RISKS, `expected ${RISKS.join(', ')}`).default('medium'),
};

export interface ScriptsConfig {
  /** Addresses by the names that scripts use. */
  readonly channels: Readonly<Record<string, string>>;
  /** Messages to channels are signed with it; null: they are not. */
  readonly channelSecret: string | null;
  /** The highest risk class of a tool of runs that scripts may call. */
  readonly toolRisk: (typeof RISKS)[number];
}

export const scriptsOf = (values: z.output<z.ZodObject<typeof SCRIPT_FIELDS>>): ScriptsConfig => ({
  channels: values.EVERTHREAD_SCRIPT_CHANNELS,
  channelSecret: values.EVERTHREAD_SCRIPT_CHANNEL_SECRET ?? null,
  toolRisk: values.EVERTHREAD_SCRIPT_TOOL_RISK,
});
