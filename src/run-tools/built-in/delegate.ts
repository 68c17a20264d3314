/** The definition of delegation. A run starts its children itself, so nothing is performed here. */
import { z } from 'zod';
import type { Tool } from '../../contracts/run/ports';
import { Fault } from '../../errors/fault';
import { builtIn } from '../tool';

/** Arguments of `delegate`, for whoever starts the child. */
export const DelegateArguments = z.strictObject({
  task: z.string().min(1).max(10_000).describe('What the child run has to do.'),
  tool_scopes: z
    .array(z.string().min(1).max(128))
    .max(100)
    .optional()
    .describe('Tools of the child, by name or by prefix (`fs_*`); by default those of this run.'),
});

export const delegateTool: Tool = builtIn({
  name: 'delegate',
  description: 'Gives a task to a child run, which works under a part of the rights and budget of this one, and returns its answer.',
  effect: 'write',
  risk: 'medium',
  args: DelegateArguments,
  perform: () => {
    throw new Fault('internal', 'internal', 'delegate is carried out by the run itself.');
  },
});
