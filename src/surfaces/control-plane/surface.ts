/** The control plane (seed 001): what surrounds all actors. Each part of it is a port of its own and a few files named for it. */
import type { SurfaceDefinition } from '../http/surface';
import { createKey, getKey, listKeys, revokeKey, rotateKey, type KeyAdmin } from './auth-keys';
import { listAudit, type AuditReads } from './audit-log';
import { faultBody, faultSchema } from './fault-body';
import { getHealth, getLive, getReady, type HealthPorts } from './health';
import { getMetrics, type MetricsPorts } from './metrics';
import * as patterns from './patterns';
import { uploadPattern, uploadPatterns } from './pattern-uploads';
import * as schedules from './schedules';

export interface ControlPlanePorts {
  readonly health: HealthPorts;
  readonly keys: KeyAdmin;
  readonly audit: AuditReads;
  readonly metrics: MetricsPorts;
  readonly schedules: schedules.SchedulePorts;
  readonly patterns: patterns.PatternPorts;
}

export const controlPlane: SurfaceDefinition<ControlPlanePorts> = {
  name: 'control-plane',
  title: 'Everthread control plane',
  description: 'Health of the server, and what surrounds its actors.',
  prefixes: ['/api'],
  faultBody,
  faultSchema,
  routes: [
    ...[getHealth, getReady, getLive, getMetrics, createKey, listKeys, getKey, rotateKey, revokeKey, listAudit],
    ...[schedules.listSchedules, schedules.createSchedule, schedules.getSchedule, schedules.replaceSchedule, schedules.deleteSchedule],
    ...[patterns.listPatterns, patterns.createPattern, uploadPattern, uploadPatterns, patterns.getPattern, patterns.updatePattern],
    ...[patterns.deletePattern, patterns.listPatternVersions, patterns.validatePattern],
    ...[schedules.pauseSchedule, schedules.resumeSchedule, schedules.triggerSchedule, schedules.listScheduleRuns],
  ],
};
