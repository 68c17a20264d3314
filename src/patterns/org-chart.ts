/** Org charts as authors write them, typed; docs/patterns.md explains the fields. */
import type { Json } from '../contracts/pattern/json';
import type { Expression, Field, Head, Value } from './definition';

export type Oracle = { weight?: number } & (
  | { type: 'command'; run: Expression; cwd?: Expression; timeoutMs?: number; passConfidence?: number; failConfidence?: number; scorePattern?: string }
  | { type: 'agent'; role?: string; rubric?: Expression }
  | {
      type: 'history';
      halfLifeDays?: number;
      minRuns?: number;
      saturationRuns?: number;
      maxRuns?: number;
      drift?: boolean;
      driftRecentN?: number;
      driftThreshold?: number;
    }
  | { type: 'checklist'; criteria: (Expression | { text: Expression; run?: Expression })[]; weighting?: 'equal' | 'firstFailZero'; role?: string }
  | { type: 'human'; prompt?: Expression; timeoutMs?: number; onTimeout?: 'surface' | 'reject' }
);
export type Combination = 'min' | 'weighted' | 'product';
export type Verify = Oracle | Oracle[] | { oracles: Oracle[]; combine?: Combination };

export interface Role {
  id?: string;
  name?: string;
  description?: string;
  agentType?: string | string[];
  capabilities?: string[];
  reportsTo?: string;
  minInstances?: number;
  maxInstances?: number;
  singleton?: boolean;
  expertise?: string[];
  agentConfig?: { [name: string]: Json };
  threadConfig?: {
    enabled?: boolean;
    objective?: Expression;
    approvalPreset?: 'readonly' | 'standard' | 'permissive' | 'autonomous';
    workspace?: {
      inherit?: boolean;
      workspaceId?: Expression;
      path?: Expression;
      repo?: Expression;
      branch?: Expression;
      worktreeId?: Expression;
      branchStrategy?: Expression;
      fork?: Expression;
    };
    policy?: { [name: string]: Json };
    env?: { [name: string]: Expression };
    metadata?: { [name: string]: Json };
  };
  confidence?: { accept?: number; retryBelow?: number; escalateBelow?: number };
  verify?: Verify;
}

interface StepBase {
  id?: string;
  description?: string;
}
export type OrgStep = StepBase &
  (
    | { type: 'assign'; role: string; task: Value; input?: Value }
    | { type: 'parallel' | 'sequential'; steps: OrgStep[] }
    | { type: 'select'; role: string; criteria?: 'availability' | 'expertise' | 'round_robin' | 'best' }
    | { type: 'review'; reviewer: string; subject: Value; instructions?: Expression }
    | { type: 'approve'; approver: string; subject: Value; required?: boolean; instructions?: Expression }
    | { type: 'aggregate'; method?: 'consensus' | 'majority' | 'merge' | 'best' | 'all'; inputs?: Value }
    | { type: 'condition'; check: Expression; then: OrgStep | OrgStep[]; else?: OrgStep | OrgStep[] }
    | {
        type: 'verify';
        subject: Value;
        role?: string;
        oracle: Verify;
        combine?: Combination;
        onLow?: { threshold?: number; action?: 'escalate' | 'retry' | 'surface' | 'fail'; to?: string; maxRetries?: number };
      }
  );

export interface OrgChartDefinition extends Head {
  structure: {
    name?: string;
    description?: string;
    roles: { [id: string]: Role };
    routing?: { from: string | string[]; to: string | string[]; topics?: string[]; messageTypes?: string[]; priority?: number; broadcast?: boolean }[];
    escalation?: {
      defaultBehavior?: 'route_to_reports_to' | 'broadcast' | 'surface_to_user';
      topicRoutes?: { [topic: string]: string };
      timeoutMs?: number;
      maxDepth?: number;
      onMaxDepth?: 'surface_to_user' | 'fail' | 'return_best_effort';
    };
  };
  workflow: { name?: string; description?: string; input?: { [name: string]: Field }; steps: OrgStep[]; output?: Value };
  workspace?: {
    enabled?: boolean;
    repo?: Expression;
    baseBranch?: Expression;
    branchStrategy?: 'feature_branch' | 'direct' | 'fork';
    fork?: Expression;
    createPr?: boolean;
    pr?: { draft?: boolean; labels?: string[]; reviewers?: string[] };
  };
}
