/** An argument that is a JSON object, or `@file` for one in a file. */
import { InvalidArgumentError } from 'commander';
import { readFileSync } from 'node:fs';

export const jsonOf = (value: string): Record<string, unknown> => {
  try {
    const parsed: unknown = JSON.parse(value.startsWith('@') ? readFileSync(value.slice(1), 'utf8') : value);
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return parsed as Record<string, unknown>;
  } catch (problem) {
    throw new InvalidArgumentError(`Expected JSON, or @file: ${(problem as Error).message}.`);
  }
  throw new InvalidArgumentError('Expected a JSON object.');
};
