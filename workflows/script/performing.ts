/** What a step is given to be performed, and what comes of it. */
import type { StoredValue } from '../../src/contracts/execution/value';
import type { IrStep } from '../../src/contracts/script/ir';
import type { Names } from '../../src/domain/script/thread/names';
import type { Begun } from '../../src/domain/script/thread/progress';
import type { ScriptShell } from './shell';

/** How it goes on: with the next step (`value` null: it gives none), at another one, at the one before, or not at all. */
export type Flow =
  | { readonly kind: 'next'; readonly value: StoredValue | null }
  | { readonly kind: 'goto'; readonly label: string }
  | { readonly kind: 'back' }
  | { readonly kind: 'emit' };

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

export interface Performed {
  /** Null: it gives none. */
  readonly value: StoredValue | null;
  /** Where it does not go on with the next step. */
  readonly flow?: Exclude<Flow, { readonly kind: 'next' }>;
  /** What is known after it beside its own name. */
  readonly binds?: Readonly<Record<string, StoredValue>>;
  readonly input?: StoredValue | null;
  readonly executionId?: string | null;
}

export const innerBlock = ({ path, begun }: Pick<Performing, 'path' | 'begun'>, part: number, names: Names, wanted: boolean): Block => ({
  ...{ names, wanted, prefix: `${path}.${part}.`, floor: begun.attempt - 1 },
});
