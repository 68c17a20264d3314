/** The control plane (seed 001): what surrounds all actors. Each part of it is a port of its own and a few files named for it. */
import type { SurfaceDefinition } from '../http/surface';
import { connectAgent } from './agent-socket';
import * as agents from './agents';
import type { AgentPorts } from './agent-ports';
import * as batches from './batches';
import { createKey, getKey, listKeys, revokeKey, rotateKey, type KeyAdmin } from './auth-keys';
import { listAudit, type AuditReads } from './audit-log';
import { createExecution, executePattern, streamPattern } from './execute';
import type { ExecutionPorts } from './execution-ports';
import * as executions from './executions';
import { faultBody, faultSchema } from './fault-body';
import { getHealth, getLive, getReady, type HealthPorts } from './health';
import { getMetrics, type MetricsPorts } from './metrics';
import * as patterns from './patterns';
import { getPatternMetrics } from './pattern-metrics';
import { uploadPattern, uploadPatterns } from './pattern-uploads';
import * as schedules from './schedules';
import * as triggers from './triggers';
import * as webhooks from './webhooks';

export interface ControlPlanePorts {
  readonly health: HealthPorts;
  readonly keys: KeyAdmin;
  readonly audit: AuditReads;
  readonly metrics: MetricsPorts;
  readonly schedules: schedules.SchedulePorts;
  readonly patterns: patterns.PatternPorts;
  readonly agents: AgentPorts;
  readonly executions: ExecutionPorts;
  readonly batches: batches.BatchPorts;
  readonly webhooks: webhooks.WebhookPorts;
  readonly triggers: triggers.TriggerPorts;
}

export const controlPlane: SurfaceDefinition<ControlPlanePorts> = {
  name: 'control-plane',
  title: 'Everthread control plane',
  description: 'Health of the server, and what surrounds its actors.',
  prefixes: ['/api', '/ws'],
  faultBody,
  faultSchema,
  routes: [
    ...[getHealth, getReady, getLive, getMetrics, createKey, listKeys, getKey, rotateKey, revokeKey, listAudit],
    ...[schedules.listSchedules, schedules.createSchedule, schedules.getSchedule, schedules.replaceSchedule, schedules.deleteSchedule],
    ...[patterns.listPatterns, patterns.createPattern, uploadPattern, uploadPatterns, patterns.getPattern, patterns.updatePattern],
    ...[patterns.deletePattern, patterns.listPatternVersions, patterns.validatePattern, getPatternMetrics],
    ...[schedules.pauseSchedule, schedules.resumeSchedule, schedules.triggerSchedule, schedules.listScheduleRuns],
    ...[executePattern, streamPattern, createExecution, executions.listExecutions],
    // Paths that a `/:id` would take come before it.
    ...[executions.executionSummary, executions.executionsByHour, executions.executionsByDay],
    ...[executions.getExecution, executions.readExecutionEvents, executions.streamExecutionEvents],
    ...[executions.cancelExecution, executions.approveExecution, executions.retryExecution],
    ...[batches.executeBatch, batches.getBatch, batches.cancelBatch, batches.readBatchEvents],
    // Before `/:id`, of which this path would be an example.
    ...[agents.listAgents, agents.registerAgent, agents.deleteStaleAgents, agents.listCapabilities],
    ...[agents.getAgent, agents.deleteAgent, agents.disconnectAgent, agents.setAgentStatus, agents.getAgentHealth, agents.testAgent],
    ...[webhooks.listWebhooks, webhooks.createWebhook, webhooks.getWebhook, webhooks.changeWebhook, webhooks.deleteWebhook],
    ...[webhooks.rotateWebhookSecret, webhooks.testWebhook, webhooks.listDeliveries, webhooks.getDelivery, webhooks.redeliver, webhooks.retryDelivery],
    ...[
      triggers.listTriggers,
      triggers.createWebhookTrigger,
      triggers.createEventTrigger,
      triggers.getTrigger,
      triggers.replaceTrigger,
      triggers.deleteTrigger,
    ],
    ...[triggers.pauseTrigger, triggers.resumeTrigger, triggers.rotateTriggerSecret, triggers.listFirings, triggers.receiveTrigger],
  ],
  sockets: [connectAgent],
};
