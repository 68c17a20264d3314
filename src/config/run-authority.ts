/** What runs may do: the variables of their authority (docs/run-authority.md) and the values that they make. */
import { z } from 'zod';
import { count, flag, list, path } from './fields';

const BUDGET_FIELDS = ['tokens', 'tool_calls', 'wall_clock_ms', 'usd_millicents'] as const;
type BudgetField = (typeof BUDGET_FIELDS)[number];
type Budget = Readonly<Record<BudgetField, number>>;
const EFFECTS = ['read', 'write', 'external', 'irreversible'] as const;
type Ceiling = Readonly<Record<(typeof EFFECTS)[number], boolean>>;
export const APPROVE_RISKS = ['off', 'low', 'medium', 'high', 'critical'] as const;

const isBudgetField = (name: string): name is BudgetField => BUDGET_FIELDS.some((field) => field === name);
const PART = /^([a-z_]+)=(\d{1,15})$/;

/** `tokens=200000,tool_calls=128`; fields that are not named keep their default. */
const budget = (fallback: Budget) =>
  list
    .refine(
      (parts) => parts.every((part) => isBudgetField(PART.exec(part)?.[1] ?? '')),
      `expected numbers by name, such as tokens=200000,tool_calls=128; the names are ${BUDGET_FIELDS.join(', ')}`,
    )
    .transform((parts): Budget => ({ ...fallback, ...Object.fromEntries(parts.map((part) => [PART.exec(part)?.[1], Number(PART.exec(part)?.[2])])) }))
    .default(fallback);

/** `read,write`; `none`. */
const ceiling = (fallback: readonly string[]) =>
  list
    .refine(
      (parts) => parts.length > 0 && parts.every((part) => part === 'none' || EFFECTS.some((effect) => effect === part)),
      `expected some of ${EFFECTS.join(', ')}, or none`,
    )
    .default([...fallback])
    .transform((parts) => Object.fromEntries(EFFECTS.map((effect) => [effect, parts.includes(effect)])) as Ceiling);

const folders = list
  .refine((paths) => paths.length <= 20 && paths.every((each) => !each.includes('\0')), 'expected at most 20 folders, separated by commas')
  .transform((paths) => paths.map((each) => path.parse(each)))
  .default([]);
const publicKeys = list
  .refine((keys) => keys.length <= 100 && keys.every((key) => /^[0-9a-f]{64}$/.test(key)), 'expected public keys of 64 hex digits, separated by commas')
  .default([]);

export const RUN_AUTHORITY_FIELDS = {
  EVERTHREAD_RUN_BUDGET: budget({ tokens: 100_000, tool_calls: 64, wall_clock_ms: 300_000, usd_millicents: 0 }),
  EVERTHREAD_RUN_BUDGET_MAX: budget({ tokens: 10_000_000, tool_calls: 4_096, wall_clock_ms: 86_400_000, usd_millicents: 1_000_000 }),
  EVERTHREAD_RUN_CEILING: ceiling(['read', 'write']),
  EVERTHREAD_RUN_CEILING_MAX: ceiling(['read', 'write', 'external']),
  EVERTHREAD_RUN_DEPTH: count(3, { min: 0, max: 16 }),
  EVERTHREAD_RUN_DEPTH_MAX: count(3, { min: 0, max: 16 }),
  EVERTHREAD_APPROVE_RISK: z.enum(APPROVE_RISKS, `expected ${APPROVE_RISKS.join(', ')}`).default('high'),
  EVERTHREAD_APPROVE_UNCOMPENSABLE: flag.default(false),
  EVERTHREAD_POLICY_DIRS: folders,
  EVERTHREAD_POLICY_TRUSTED_KEYS: publicKeys,
  EVERTHREAD_SKILLS_DIR: path.optional(),
};

export interface RunAuthority {
  /** What a run gets that does not say, and the most that it may be given. */
  readonly grants: {
    readonly budget: { readonly default: Budget; readonly max: Budget };
    readonly ceiling: { readonly default: Ceiling; readonly max: Ceiling };
    readonly depth: { readonly default: number; readonly max: number };
  };
  /** From which risk class on a tool asks a person, and whether what cannot be undone does. */
  readonly gates: { readonly risk: (typeof APPROVE_RISKS)[number]; readonly uncompensable: boolean };
  /** Folders of policy bundles, and who may sign them; without keys nobody has to. */
  readonly policies: { readonly folders: readonly string[]; readonly trustedKeys: readonly string[] };
  /** A folder of skills that an API process keeps when it starts; null: none. */
  readonly skillsDir: string | null;
}

export const runAuthorityOf = (values: z.output<z.ZodObject<typeof RUN_AUTHORITY_FIELDS>>): RunAuthority => ({
  grants: {
    budget: { default: values.EVERTHREAD_RUN_BUDGET, max: values.EVERTHREAD_RUN_BUDGET_MAX },
    ceiling: { default: values.EVERTHREAD_RUN_CEILING, max: values.EVERTHREAD_RUN_CEILING_MAX },
    depth: { default: values.EVERTHREAD_RUN_DEPTH, max: values.EVERTHREAD_RUN_DEPTH_MAX },
  },
  gates: { risk: values.EVERTHREAD_APPROVE_RISK, uncompensable: values.EVERTHREAD_APPROVE_UNCOMPENSABLE },
  policies: { folders: values.EVERTHREAD_POLICY_DIRS, trustedKeys: values.EVERTHREAD_POLICY_TRUSTED_KEYS },
  skillsDir: values.EVERTHREAD_SKILLS_DIR ?? null,
});
