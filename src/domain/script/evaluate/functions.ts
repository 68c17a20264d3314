/** The functions of expressions (docs/scriptum.md; their arities are checked when a script is). All of them are pure. */
import type { Json } from '../../../contracts/pattern/json';
import { Arguments, type Given, type Implementation } from './arguments';
import type { Budget } from './limits';
import { LISTS } from './list-functions';
import { NUMBERS } from './number-functions';
import { OBJECTS } from './object-functions';
import { TEXTS } from './text-functions';

const IMPLEMENTATIONS: Readonly<Record<string, Implementation>> = { ...TEXTS, ...LISTS, ...NUMBERS, ...OBJECTS };

export function call(name: string, values: readonly Given[], budget: Budget): Json {
  const args = new Arguments(name, values, budget);
  const implementation = Object.hasOwn(IMPLEMENTATIONS, name) ? IMPLEMENTATIONS[name] : undefined;
  if (!implementation) throw args.failed('there is no such function');
  return implementation(args);
}

/** For the test that every function that can be called is there. */
export const IMPLEMENTED: readonly string[] = Object.keys(IMPLEMENTATIONS);
