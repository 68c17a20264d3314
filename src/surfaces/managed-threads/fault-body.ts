/** The error body of this surface: flat, the text under `error`, as the seed's server has it; code, field and facts stand beside it. */
import type { FaultBody } from '../http/surface';

export const faultBody: FaultBody = (fault, requestId) => ({ ...fault.facts, error: fault.message, code: fault.code, requestId });
