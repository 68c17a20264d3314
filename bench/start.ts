/** `npm start` in an empty data directory, packages installed and built, until a first request is answered. */
import { atMost, figure, type Figure } from './figures';
import type { Options } from './options';
import { BenchSystem } from './system';

export async function start({ starts }: Options, say: (line: string) => void): Promise<readonly Figure[]> {
  const seconds: number[] = [];
  for (let at = 0; at < starts; at++) {
    const system = await BenchSystem.start('npm');
    seconds.push(system.firstAnswerMs / 1_000);
    await system.stop();
    say(`  ${(system.firstAnswerMs / 1_000).toFixed(2)} s`);
  }
  return [
    figure('cold npm start to the first answer', 's', seconds, {
      target: atMost(6),
      note: 'fresh data directory: new Postgres cluster, new Temporal database',
    }),
  ];
}
