/** Agents that are a model, a prompt and a shape for the answer: described in a file, so that a pattern runs with a real model and no agent process. */
import { APICallError, generateText, jsonSchema, NoObjectGeneratedError, Output, type LanguageModelUsage } from 'ai';
import { z } from 'zod';
import type { AgentTask, TokenUsage } from '../../src/contracts/agent/task';
import { misfit, type Said } from '../../src/domain/agent/task-outcome';
import { remoteModel, type Model } from '../models/remote-model';
import { AgentDescription } from './module-agents';
import { mockModel, ScriptedAnswer, scriptedModel } from './offline-models';
import { CallFailed, type Call } from './perform-called';

const Shared = {
  ...AgentDescription.shape,
  /** What the model is told before every task. */
  prompt: z
    .string()
    .min(1)
    .max(64 * 1024),
  /** JSON Schema of the answer, for tasks whose pattern does not bring one. */
  outputSchema: z.record(z.string(), z.unknown()).optional(),
  temperature: z.number().min(0).max(2).optional(),
  maxOutputTokens: z.int().min(1).max(1_000_000).optional(),
};

export const LlmAgent = z.discriminatedUnion('provider', [
  z.strictObject({
    ...Shared,
    /** Anything that speaks OpenAI's chat completions: also most local servers, and gateways to other providers. */
    provider: z.literal('openai-compatible'),
    baseUrl: z.url({ protocol: /^https?$/, error: 'expected a URL that starts with https:// or http://' }),
    model: z.string().min(1).max(200),
    /** Name of the worker's environment variable that holds the key. */
    apiKeyEnv: z
      .string()
      .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'expected the name of an environment variable')
      .optional(),
    /** The server takes a JSON Schema for its answer; without it the schema goes into the prompt. */
    structuredOutputs: z.boolean().default(false),
  }),
  /** Deterministic, offline: an answer that fits the schema and depends on the input alone. */
  z.strictObject({ ...Shared, provider: z.literal('mock'), model: z.string().default('mock') }),
  /** Offline: given answers, one after the other, from the beginning again after the last. */
  z.strictObject({ ...Shared, provider: z.literal('scripted'), model: z.string().default('scripted'), answers: z.array(ScriptedAnswer).min(1).max(1_000) }),
]);
export type LlmAgent = z.output<typeof LlmAgent>;

export const LlmAgents = z.strictObject({
  agents: z
    .array(LlmAgent)
    .max(500)
    .refine((agents) => new Set(agents.map(({ id }) => id)).size === agents.length, 'expected an id of its own for each agent'),
});

/** Fault `config.llm_agents_file` is the caller's to throw; this one asks only for what the description lacks. */
export function modelOf(agent: LlmAgent, env: Readonly<Record<string, string | undefined>>): Model {
  if (agent.provider === 'mock') return mockModel();
  if (agent.provider === 'scripted') return scriptedModel(agent.answers);
  const { id: name, baseUrl, model, structuredOutputs } = agent;
  const apiKey = agent.apiKeyEnv === undefined ? null : (env[agent.apiKeyEnv] ?? null);
  return remoteModel({ name, protocol: 'openai', baseUrl, apiKey, model, structuredOutputs });
}

export interface ReadyLlm {
  readonly agent: LlmAgent;
  readonly model: Model;
}

export const callLlm =
  (agents: ReadonlyMap<string, ReadyLlm>): Call =>
  async (task, { agent }, signal) => {
    const ready = agents.get(agent.id);
    if (!ready) throw new CallFailed('REJECTED', 'This worker does not have the agent.', { retryable: true });
    try {
      return await ask(ready, task, signal);
    } catch (problem) {
      throw failureOf(problem);
    }
  };

async function ask({ agent, model }: ReadyLlm, task: AgentTask, signal: AbortSignal): Promise<Said> {
  const schema = task.outputSchema ?? agent.outputSchema;
  const { system, prompt } = wordsFor(agent, task, schema);
  const settings = {
    ...{ model, system, prompt, abortSignal: signal },
    // Trying again is the pattern's business.
    maxRetries: 0,
    ...(agent.temperature !== undefined && { temperature: agent.temperature }),
    ...(agent.maxOutputTokens !== undefined && { maxOutputTokens: agent.maxOutputTokens }),
  };
  if (schema && takesSchema(agent)) {
    const { output, usage } = await generateText({ ...settings, output: Output.object({ schema: jsonSchema(schema) }) });
    return { result: output, usage: usageOf(usage) };
  }
  const { text, usage } = await generateText(settings);
  const result = valueOf(text);
  const problem = schema && misfit(schema, result);
  if (problem) throw new CallFailed('RESULT_INVALID', `The model's answer does not fit its schema: ${problem}`, { retryable: true });
  return { result, usage: usageOf(usage) };
}

const takesSchema = (agent: LlmAgent): boolean => agent.provider !== 'openai-compatible' || agent.structuredOutputs;

function wordsFor(
  agent: LlmAgent,
  task: AgentTask,
  schema: Readonly<Record<string, unknown>> | undefined,
): { readonly system: string; readonly prompt: string } {
  const told = [agent.prompt];
  if (task.instructions !== undefined) told.push(task.instructions);
  if (schema && !takesSchema(agent)) told.push(`Answer with one JSON object, and nothing else, that fits this JSON Schema:\n${JSON.stringify(schema)}`);
  return { system: told.join('\n\n'), prompt: typeof task.input === 'string' ? task.input : JSON.stringify(task.input ?? null) };
}

/** Without a schema an answer that is a JSON object, also in a block of code, is taken as one; everything else stays text. */
function valueOf(text: string): unknown {
  const inner = /^\s*```(?:json)?\s*\n([\s\S]*?)\n\s*```\s*$/.exec(text)?.[1] ?? text;
  try {
    const value: unknown = JSON.parse(inner);
    return typeof value === 'object' && value !== null ? value : text;
  } catch {
    return text;
  }
}

const usageOf = ({ inputTokens = 0, outputTokens = 0, totalTokens = inputTokens + outputTokens }: LanguageModelUsage): TokenUsage => ({
  ...{ inputTokens, outputTokens, totalTokens },
});

function failureOf(problem: unknown): unknown {
  if (APICallError.isInstance(problem)) {
    const { statusCode, isRetryable } = problem;
    return new CallFailed(statusCode === undefined ? 'UNREACHABLE' : `HTTP_${statusCode}`, `The model did not answer: ${problem.message}`, {
      retryable: isRetryable,
    });
  }
  if (NoObjectGeneratedError.isInstance(problem))
    return new CallFailed('RESULT_INVALID', `The model's answer does not fit its schema: ${problem.message}`, { retryable: true });
  return problem;
}
