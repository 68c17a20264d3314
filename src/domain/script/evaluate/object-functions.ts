/** Functions that work on objects. */
import type { Implementation } from './arguments';

export const OBJECTS: Readonly<Record<string, Implementation>> = {
  keys: (args) => args.budget.list(Object.keys(args.object(0))),
  values: (args) => args.budget.list(Object.values(args.object(0))),
  /** Built from entries, so that no name of a field means anything to the programming language. */
  merge: (args) => Object.fromEntries([...Object.entries(args.object(0)), ...Object.entries(args.object(1))]),
};
