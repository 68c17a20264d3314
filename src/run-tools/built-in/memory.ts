/** What a run remembers, in layers (digest §5). */
import { z } from 'zod';
import type { Tool } from '../../contracts/run/ports';
import { builtIn, put } from '../tool';

const Key = z.string().min(1).max(512).describe('Names the memory.');
const Stratum = z.enum(['working', 'episodic', 'semantic']).default('semantic').describe('Which layer of memory: working, episodic or semantic.');

export const memoryTools: readonly Tool[] = [
  builtIn({
    name: 'memory_store',
    description: 'Keeps a text in the memory of this run, in one of three layers. A memory of the same key and layer is replaced.',
    effect: 'write',
    risk: 'low',
    args: z.strictObject({
      key: Key,
      content: z.string().max(65_536).describe('The text to keep.'),
      stratum: Stratum,
      source_commits: z.array(z.string().max(128)).max(100).default([]).describe('Ids of the commits that it was learned from.'),
    }),
    idempotent: true,
    perform: ({ key, content, stratum, source_commits }, { world }) => ({
      output: { key, stratum, stored: true },
      delta: [put(world, 'memory', `${stratum}:${key}`, { content, stratum, source_commits })],
    }),
  }),
  builtIn({
    name: 'memory_recall',
    description: 'Reads a memory of this run; null when there is none of this key in this layer.',
    effect: 'read',
    risk: 'low',
    args: z.strictObject({ key: Key, stratum: Stratum }),
    perform: ({ key, stratum }, { world }) => {
      const found = world.get('memory', `${stratum}:${key}`);
      return { output: { key, stratum, memory: found && !found.retracted ? found.value : null }, delta: [] };
    },
  }),
];
