/** Targets in bodies of this surface: the form is checked as the work's own route checks it, with the field's place in this body. */
import type { z } from 'zod';
import type { Principal } from '../../contracts/principal';
import { isServed, Target, TARGET_INPUTS, TARGET_SCOPES, type TargetKind } from '../../contracts/target';
import { assertScope } from '../http/scope';

export const TargetBody = Target.superRefine(({ kind, input }, context) => {
  if (!isServed(kind)) return;
  const result = (TARGET_INPUTS[kind] as z.ZodType).safeParse(input);
  for (const issue of result.error?.issues ?? []) context.addIssue({ ...issue, path: ['input', ...issue.path] } as Parameters<typeof context.addIssue>[0]);
}).meta({
  id: 'Target',
  description:
    'What is started. `managed-thread` takes the body of `POST /api/managed-threads` without `id`, `thread-message` takes `{threadId, message}`, `pattern` takes `{patternName, version, input, options}`; other kinds are not served yet.',
});

/** Whoever has work started for it must be allowed to start it. Fault `access.scope_missing`. */
export const assertMayStart = (principal: Principal, { kind }: { readonly kind: TargetKind }): void => assertScope(principal, TARGET_SCOPES[kind]);

/** The two ways to write a target: as a whole, or `patternName` with `input`. */
export const targetOf = ({
  target,
  patternName,
  input,
}: {
  readonly target?: Target | undefined;
  readonly patternName?: string | undefined;
  readonly input?: Target['input'] | undefined;
}): Target => target ?? { kind: 'pattern', input: { patternName: patternName ?? '', input: input ?? {} } };
