/** What a step is given to be performed, and what comes of it. */
import type { IrStep } from '../../src/contracts/script/ir';
import type { Names } from '../../src/domain/script/thread/names';
import type { Flow, Performed } from '../../src/domain/script/thread/performed';
import type { Begun } from '../../src/domain/script/thread/progress';
import type { ScriptShell } from './shell';

export type { Flow, Performed };

/** Where a block of steps is. */
export interface Block {
  readonly names: Names;
  /** Before the index of each step: empty at the root, `1.0.` in a round. */
  readonly prefix: string;
  /** Attempts that are used up. */
  readonly floor: number;
  /** Whether somebody wants to know what the last step gives. */
  readonly wanted: boolean;
}

export interface Performing<S extends IrStep = IrStep> {
  readonly shell: ScriptShell;
  readonly step: S;
  readonly path: string;
  readonly names: Names;
  readonly begun: Begun;
  /** Whether its value is used. */
  readonly wanted: boolean;
  /** Goes through the steps of a block inside. */
  readonly walk: (steps: readonly IrStep[], block: Block) => Promise<Flow>;
}

export type StepOf<P extends IrStep['primitive']> = Extract<IrStep, { readonly primitive: P }>;

export const innerBlock = ({ path, begun }: Pick<Performing, 'path' | 'begun'>, part: number, names: Names, wanted: boolean): Block => ({
  ...{ names, wanted, prefix: `${path}.${part}.`, floor: begun.attempt - 1 },
});
