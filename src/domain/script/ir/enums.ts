/** Enums by their names. Made from entries, so that no name means anything to the programming language. */
import type { Enum } from '../syntax/ast';

export const enumsOf = (enums: readonly Enum[]): Readonly<Record<string, readonly string[]>> =>
  Object.fromEntries(enums.map(({ name, values }) => [name, values.map(({ value }) => value)]));
