import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inParallel, inRace } from '../../../src/domain/pattern/aggregation/gather';

/** The cases of the digest's §3.3 as data: when answers are enough. */
interface Case {
  readonly it: string;
  readonly progress: Parameters<typeof inRace>[0];
  readonly race?: Parameters<typeof inRace>[1];
  readonly parallel?: Parameters<typeof inParallel>[1];
  readonly expected: object;
}

describe.each(['c05-race.json', 'c06-parallel.json'])('%s', (file) => {
  const { cases } = JSON.parse(readFileSync(join(__dirname, 'golden', 'gathering', file), 'utf8')) as { cases: readonly Case[] };

  it.each(cases.map((one) => [one.it, one] as const))('%s', (_name, { progress, race, parallel, expected }) => {
    const gathered = race ? inRace(progress, race) : parallel ? inParallel(progress, parallel) : null;

    expect(gathered).toMatchObject(expected);
  });
});
