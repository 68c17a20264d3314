/** What a step of the intermediate representation can be. */
import type { IrPrimitive } from './ir';

export const IR_PRIMITIVES = [
  ...(['execute', 'let', 'iterate', 'branch', 'decide', 'evaluate', 'parallel', 'pipe', 'repeat'] as const),
  ...(['wait', 'agent', 'ask', 'plan', 'run', 'emit', 'yield', 'send'] as const),
] satisfies readonly IrPrimitive[];
