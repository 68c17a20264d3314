/** What becomes of a result by how sure it is (digest of seed 001, §2.6): taken, tried once more, or done again by the superior. Pure. */
import type { ConfidencePolicy } from '../../contracts/pattern/org-chart';

export type Band = 'no_signal' | 'retry' | 'escalate' | 'accept' | 'accept_with_warning';

/**
 * From `escalateBelow` up to below `retryBelow` the role tries once more (`mayRetry`: it has not yet); below `escalateBelow` the superior does the work; from `accept` on the result is taken,
 * and what lies between is taken with a warning. What nobody could tell anything about passes.
 */
export function bandOf(confidence: number | null, policy: ConfidencePolicy, { mayRetry }: { readonly mayRetry: boolean }): Band {
  if (confidence === null) return 'no_signal';
  if (mayRetry && confidence >= policy.escalateBelow && confidence < policy.retryBelow) return 'retry';
  if (confidence < policy.escalateBelow) return 'escalate';
  return confidence >= policy.accept ? 'accept' : 'accept_with_warning';
}
