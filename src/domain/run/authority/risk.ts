/** When a tool that everything else allows asks a person first (digest §4.5, stages 9b and 9c). Pure. */
import type { ToolDefinition } from '../../../contracts/run/ports';
import { RISK_CLASSES, type RiskClass } from '../../../contracts/run/protocol';

export const RISK_THRESHOLDS = ['off', ...RISK_CLASSES] as const;
export type RiskThreshold = (typeof RISK_THRESHOLDS)[number];

export const HIGH_RISK = 'high-risk';
export const UNCOMPENSABLE = 'irreversible-uncompensable';

/** What is asked, and of how many people. */
export interface Asking {
  readonly channel: string;
  readonly reason: string;
  /** Distinct people who must approve. */
  readonly approvals: number;
}

const ARGS_SHOWN = 220;
const word = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);
const rank = (risk: RiskClass): number => RISK_CLASSES.indexOf(risk);
const shown = (args: unknown): string => JSON.stringify(args).slice(0, ARGS_SHOWN);

const OUTSIDE = ['external', 'irreversible'];

/**
 * 9c. What acts outside of the run's world counts as at least high, whatever its own risk class: by the default threshold, an external tool inside the ceiling asks before it runs.
 */
export function riskGate({ name, risk_class, effect_class }: ToolDefinition, args: unknown, threshold: RiskThreshold): Asking | null {
  if (threshold === 'off') return null;
  const outside = OUTSIDE.includes(effect_class);
  const counted = outside ? Math.max(rank(risk_class), rank('high')) : rank(risk_class);
  if (counted < rank(threshold)) return null;
  const why = rank(risk_class) < rank(threshold) ? `has ${word(effect_class)} effects` : `is ${word(risk_class)}-risk`;
  const reason = `tool '${name}' ${why} (threshold ${word(threshold)}); operator approval required. args: ${shown(args)}`;
  return { channel: HIGH_RISK, reason, approvals: 1 };
}

/** 9b. No tool here can undo what is irreversible, so each of them asks where the gate is on. */
export function compensationGate({ name, effect_class }: ToolDefinition, args: unknown, on: boolean): Asking | null {
  if (!on || effect_class !== 'irreversible') return null;
  const reason = `tool '${name}' is irreversible and has no compensation; operator approval required. args: ${shown(args)}`;
  return { channel: UNCOMPENSABLE, reason, approvals: 1 };
}
