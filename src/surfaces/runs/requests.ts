/** From what a client sent to what the gateway takes, with the peer's words for what is wrong with a value of the right type. */
import { Fault } from '../../errors/fault';
import { MAX_STEPS, TASK_MAX_BYTES } from '../../contracts/run/start';
import type { RouteRequest } from '../http/route';
import type { RunBody } from './bodies';
import type { ScriptedStep } from '../../contracts/run/ports';
import type { RunRequest } from '../../gateway/run-start';

export const invalid = (field: string, text: string, reason = text): Fault => new Fault('invalid', 'run.invalid', text, { field, reason });

type Asked = Omit<RunBody, 'task'> & { readonly task: string };

const USER_ID = /^[\x21-\x7e]{1,128}$/;

/** Whoever has proved who they are is named so; the header of the peer names only those who need not. */
function userIdOf({ principal, headers }: Asking): string | null {
  const given = headers['x-thymos-user-id'];
  if (!principal.open) return principal.subject;
  return typeof given === 'string' && USER_ID.test(given) ? given : null;
}

type Asking = Pick<RouteRequest, 'principal' | 'headers'>;

/** Faults `run.invalid` naming the field. */
export function runRequest(body: Asked, asking: Asking): RunRequest {
  if (body.task === '') throw invalid('task', 'task is required');
  // The peer counts bytes and says characters.
  if (Buffer.byteLength(body.task) > TASK_MAX_BYTES) throw invalid('task', `task exceeds max length of ${TASK_MAX_BYTES} characters`);
  if (body.max_steps > MAX_STEPS) throw invalid('max_steps', `max_steps cannot exceed ${MAX_STEPS}`);
  const { cognition } = body;
  return {
    ...{ task: body.task, maxSteps: body.max_steps, toolScopes: body.tool_scopes, model: body.model ?? null, history: body.history },
    skills: [...new Set([...(body.skill == null ? [] : [body.skill]), ...body.skills])],
    skillParams: body.skill_params,
    cognition: cognition
      ? {
          ...{ provider: cognition.provider, model: cognition.model ?? null, max_tokens: cognition.max_tokens ?? null, base_url: cognition.base_url ?? null },
          ...{ thinking_budget_tokens: cognition.thinking_budget_tokens ?? null, cache_prefix: cognition.cache_prefix },
          script: cognition.script?.map(scriptedStep) ?? null,
          ...(cognition.delegated_script && { delegated_script: cognition.delegated_script.map(scriptedStep) }),
        }
      : null,
    ...{ effectCeiling: present(body.effect_ceiling), budget: present(body.budget), timeWindow: present(body.time_window) },
    ...{ maxDelegationDepth: body.max_delegation_depth ?? null, userId: userIdOf(asking) },
  };
}

type BodyStep = NonNullable<NonNullable<RunBody['cognition']>['script']>[number];
type BodyIntent = NonNullable<BodyStep['intents']>[number];
const scriptedIntent = ({ tool, args, rationale }: BodyIntent) => ({ tool, args, ...(rationale !== undefined && { rationale }) });
const scriptedStep = ({ intents, final_answer, thinking, sources, delay_ms }: BodyStep): ScriptedStep => ({
  ...{ intents: intents?.map(scriptedIntent) ?? [], final_answer: final_answer ?? null },
  ...(thinking !== undefined && { thinking }),
  ...(sources !== undefined && { sources }),
  ...(delay_ms !== undefined && { delay_ms }),
});

/** Without the members that are undefined; null for nothing at all. */
const present = <T extends object>(given: T | null | undefined): { [K in keyof T]?: Exclude<T[K], undefined> } | null =>
  given ? (Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as { [K in keyof T]?: Exclude<T[K], undefined> }) : null;
