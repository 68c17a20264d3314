/**
 * The WebSocket protocol between an agent and Everthread (digest of seed 001 §2.9), at `/ws/agent`: JSON texts of one envelope. An answer has the `id` of what it answers.
 *
 * What an agent may send is checked here; fields that are not known are ignored, so that agents of other systems can connect.
 */
import { z } from 'zod';
import { AGENT_LIMITS, AGENT_LOADS, AgentMetadata, Capabilities } from './agent';
import type { AgentTask } from './task';

export const PROTOCOL_LIMITS = {
  /** Bytes of one message. */
  messageBytes: 1024 * 1024,
  /** Messages of one agent in a second; more wait. */
  messagesPerSecond: 100,
  /** Messages without sense, one after the other, after which the connection ends. */
  invalidInARow: 20,
  /** Time from the connection to `register`. */
  registerWithinMs: 10_000,
  /** Bytes that may wait for an agent that does not read. */
  unsentBytes: 16 * 1024 * 1024,
} as const;

/** What `error` says. AUTHENTICATION_EXPIRED ends the connection. */
export const PROTOCOL_ERRORS = ['INVALID_MESSAGE', 'AUTHENTICATION_EXPIRED', 'PROCESSING_ERROR', 'TIMEOUT', 'REJECTED'] as const;
export type ProtocolError = (typeof PROTOCOL_ERRORS)[number];

/** Codes with which the server closes, beside WebSocket's own (1001 and 1012: come again; 1008: the credential ended or the messages made no sense). */
export const CLOSE_CODES = {
  /** An operator disconnected the agent, or deleted it: do not come again by yourself. */
  disconnected: 4001,
  /** The same agent connected anew. */
  replaced: 4002,
  /** Three heartbeats were missing. */
  silent: 4003,
} as const;

const text = (max: number) => z.string().max(max);

export const AgentEnvelope = z.object({
  type: z.string().min(1).max(64),
  id: z.string().min(1).max(128),
  timestamp: z.iso.datetime({ offset: true }),
  payload: z.record(z.string(), z.unknown()).default({}),
  /** Taken and not looked at: the connection is authenticated. */
  signature: text(1_024).optional(),
});
export type AgentEnvelope = z.output<typeof AgentEnvelope>;

const TaskIds = { taskId: z.string().min(1).max(255), executionId: z.string().min(1).max(255).optional() };
const limit = z.int().min(1).max(AGENT_LIMITS.concurrentTasks);
const fraction = z.number().min(0).max(1);

/** Payloads by the type of their message. */
export const FROM_AGENT = {
  register: z.object({
    /** Without them those of the header `X-Agent-Capabilities`. */
    capabilities: Capabilities.optional(),
    metadata: AgentMetadata.default({}),
    config: z.object({ maxConcurrentTasks: limit.optional(), taskTimeout: z.int().min(1).max(86_400_000).optional() }).default({}),
  }),
  task_result: z.object({
    ...TaskIds,
    status: z.literal('completed').default('completed'),
    result: z.unknown().optional(),
    /** Milliseconds, as the agent measured them. */
    duration: z.number().min(0).max(1e10).optional(),
    confidence: fraction.optional(),
    reasoning: text(64 * 1024).optional(),
    metadata: z.record(z.string(), z.unknown()).default({}),
  }),
  task_error: z.object({
    ...TaskIds,
    error: z.object({ code: text(128).default('ERROR'), message: text(8 * 1024).default(''), details: z.unknown().optional() }),
    retryable: z.boolean().default(false),
  }),
  heartbeat: z.object({
    status: text(64).optional(),
    activeTasks: z.int().min(0).optional(),
    metrics: z.record(z.string().max(64), z.unknown()).optional(),
  }),
  status_update: z.object({
    status: z.enum(AGENT_LOADS, `expected one of ${AGENT_LOADS.join(', ')}`),
    capabilities: Capabilities.optional(),
    maxTasks: limit.optional(),
    reason: text(1_024).optional(),
  }),
  disconnect: z.object({ reason: text(1_024).optional(), graceful: z.boolean().default(true) }),
} as const;
export type FromAgent = keyof typeof FROM_AGENT;
export type PayloadOf<T extends FromAgent> = z.output<(typeof FROM_AGENT)[T]>;
export const isFromAgent = (type: string): type is FromAgent => Object.hasOwn(FROM_AGENT, type);

/** What Everthread sends. Times without a zone of their own are in milliseconds. */
export interface ToAgent {
  readonly registered: {
    readonly agentId: string;
    readonly capabilities: readonly string[];
    readonly config: { readonly heartbeatInterval: number; readonly taskTimeout: number; readonly maxConcurrentTasks?: number };
    /** Tasks that this agent was given before and whose outcome is not known: send their results again. */
    readonly openTasks: readonly string[];
  };
  readonly task: Pick<
    AgentTask,
    'taskId' | 'executionId' | 'patternName' | 'patternVersion' | 'capability' | 'input' | 'instructions' | 'priority' | 'context' | 'outputSchema'
  > & {
    /** Milliseconds that are left. */
    readonly timeout: number;
  };
  readonly task_cancelled: { readonly taskId: string; readonly executionId: string; readonly reason: string };
  readonly heartbeat_ack: { readonly serverTime: string; readonly nextHeartbeat: number };
  readonly config_update: { readonly config: Readonly<Record<string, unknown>>; readonly reason: string };
  readonly error: { readonly code: ProtocolError; readonly message: string; readonly fatal: boolean };
}
