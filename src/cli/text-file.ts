/** The text of a file that an argument names; `-` is the standard input. */
import { InvalidArgumentError } from 'commander';
import { readFileSync } from 'node:fs';

export const readText = (file: string): string => {
  try {
    return readFileSync(file === '-' ? 0 : file, 'utf8');
  } catch (problem) {
    throw new InvalidArgumentError(`${file} cannot be read: ${(problem as Error).message}`);
  }
};
