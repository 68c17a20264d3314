/** What an agent's definition means for a run of it: which model thinks, what it may do. Pure. */
import type { AgentDefinition } from '../../contracts/conversation/agent';
import type { RunConfig } from '../../contracts/conversation/start';
import type { CognitionChoice } from '../../contracts/run/ports';
import { coveredBy } from '../run/authority/scope';
import { runGrantOf, type Grant, type GrantLimits } from '../run/authority/grant';

/** `provider/model`; the model may hold slashes itself. */
function modelOf(model: string | null, defaultProvider: string): { readonly provider: string; readonly model: string | null } {
  if (model === null) return { provider: defaultProvider, model: null };
  const slash = model.indexOf('/');
  return slash < 0 ? { provider: model, model: null } : { provider: model.slice(0, slash), model: model.slice(slash + 1) };
}

export function choiceOfAgent(definition: AgentDefinition, config: RunConfig, defaultProvider: string): CognitionChoice {
  const chosen = modelOf(definition.model, defaultProvider);
  const { temperature, topP, topK, maxTokens, thinkingBudgetTokens = null, script } = definition;
  return {
    ...(chosen.provider === 'scripted' ? { provider: 'scripted', model: null } : chosen),
    ...{ base_url: null, thinking_budget_tokens: thinkingBudgetTokens, cache_prefix: true, script: chosen.provider === 'scripted' ? script : null },
    ...{ max_tokens: config.maxTokens ?? maxTokens, temperature: config.temperature ?? temperature, top_p: topP, top_k: topK },
  };
}

/** An agent without tools only speaks. One that may not delegate gets no depth. Faults: `run.scope`, `run.grant` (invalid). */
export function grantOfAgent(
  { tools, budget, effectCeiling }: AgentDefinition,
  context: { readonly limits: GrantLimits; readonly tools: readonly string[] | null; readonly now: number },
): Grant {
  const grant = runGrantOf(
    {
      tool_scopes: tools,
      ...(budget && { budget }),
      ...(effectCeiling && { effect_ceiling: effectCeiling }),
      ...(!coveredBy(tools, 'delegate') && { max_delegation_depth: 0 }),
    },
    { ...context, skills: [] },
  );
  return tools.length === 0 ? { ...grant, tool_scopes: [] } : grant;
}
