/** What may be said to the thread of a script, and its address. Each command is an Update and a Signal of the same name. */
import { z } from 'zod';
import { command, type ActorRef } from '../actor';
import { cancel } from '../cancel';

export { cancel };

export const SCRIPT_KIND = 'script';
export const SCRIPT_WORKFLOW = 'script';

/** Workflow id of a thread: `script/<thread id>`; other tenants than the default one stand in it, so ids never collide. */
export const scriptAddress = (tenant: string, id: string): string => (tenant === 'default' ? `${SCRIPT_KIND}/${id}` : `${SCRIPT_KIND}/${tenant}/${id}`);
export const scriptRef = (tenant: string, id: string): ActorRef => ({ address: scriptAddress(tenant, id), kind: SCRIPT_KIND, tenant, id });

/** Bytes of `step_input_override_json`. */
export const OVERRIDE_BYTES_MAX = 64 * 1024;
const path = z.string().min(1).max(200);

/**
 * Continues what is paused: an answer to an `ask` (`{"value": …, "comment": …}`, or an object without `value`, which is the answer itself), or corrected input for a step that failed.
 * A wrong answer is taken and counted (it uses a retry), so it is a reply and no refusal: `refused` says what was wrong; code `ask.retries_used_up` where it was one too many. Faults: `script_thread.not_paused`, `script_thread.ask_expired`,
 * `script_thread.no_such_pause` (all conflict).
 */
export const resume = command(
  'resume',
  z.strictObject({
    /** Without it the oldest pause. */
    step_path: path.optional(),
    override: z.json().optional(),
  }),
  z.object({
    seq: z.int().min(0),
    step_path: path,
    /** Null: it goes on. */
    refused: z.object({ code: z.string(), message: z.string(), retries_left: z.int().min(0) }).nullable(),
  }),
);

export const SCRIPT_COMMANDS = [cancel, resume] as const;
