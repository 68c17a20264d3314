/** The states of scripts, of their versions, of threads and of their steps (seed 004; digest §3.2). */

export const SCRIPT_STATUSES = ['CREATED', 'DRAFT', 'ACTIVE', 'DISABLED', 'ARCHIVED'] as const;
export type ScriptStatus = (typeof SCRIPT_STATUSES)[number];

export const VERSION_STATUSES = ['DRAFT', 'COMPILING', 'COMPILED', 'ACTIVE', 'SUPERSEDED', 'FAILED'] as const;
export type VersionStatus = (typeof VERSION_STATUSES)[number];

/** PAUSED: at least one step waits for a person, whatever other lanes do. */
export const THREAD_STATUSES = ['PENDING', 'RUNNING', 'PAUSED', 'COMPLETED', 'FAILED', 'CANCELLED'] as const;
export type ScriptThreadStatus = (typeof THREAD_STATUSES)[number];
export const threadHasEnded = (status: ScriptThreadStatus): boolean => status === 'COMPLETED' || status === 'FAILED' || status === 'CANCELLED';

export const STEP_STATUSES = ['RUNNING', 'PAUSED', 'COMPLETED', 'FAILED', 'CANCELLED'] as const;
export type ScriptStepStatus = (typeof STEP_STATUSES)[number];

export const EXECUTION_MODES = ['CLOUD', 'LOCAL'] as const;
export type ScriptExecutionMode = (typeof EXECUTION_MODES)[number];
