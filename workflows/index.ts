/** The bundle's entry: every workflow type, under its wire name. */
export { conversation } from './conversation/workflow';
export { patternBatch } from './execution/batch';
export { patternExecution } from './execution/workflow';
export { managedThread } from './managed-thread/workflow';
export { releaseThread } from './managed-thread/release';
export { run } from './run/workflow';
export { script } from './script/workflow';
export { scheduledStart } from './schedule/workflow';
export { tryAgent } from './agents/try-agent';
export { fireTrigger } from './trigger/workflow';
export { deliverWebhook } from './webhook/workflow';
