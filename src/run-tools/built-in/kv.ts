/** Values by key, in the world of the run (digest §5). */
import { z } from 'zod';
import type { Tool } from '../../contracts/run/ports';
import { builtIn, put } from '../tool';

const Key = z.string().min(1).max(512).describe('The key.');

export const kvTools: readonly Tool[] = [
  builtIn({
    name: 'kv_set',
    description: 'Stores a JSON value under a key in the world of this run. A value that is there already is replaced.',
    effect: 'write',
    risk: 'low',
    args: z.strictObject({ key: Key, value: z.json().describe('Any JSON value.') }),
    // It acts on the world alone, which is written with the commit.
    idempotent: true,
    perform: ({ key, value }, { world }) => ({ output: { key, wrote: value }, delta: [put(world, 'kv', key, value)] }),
  }),
  builtIn({
    name: 'kv_get',
    description: 'Reads the value under a key in the world of this run; null when there is none.',
    effect: 'read',
    risk: 'low',
    args: z.strictObject({ key: Key }),
    perform: ({ key }, { world }) => {
      const found = world.get('kv', key);
      return { output: { key, value: found && !found.retracted ? found.value : null }, delta: [] };
    },
  }),
];
