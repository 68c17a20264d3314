import { eventually } from '../support/eventually';
import { Batched } from '../../src/store/batched';

/** Answers when it is told to. */
class Source {
  readonly asked: (readonly string[])[] = [];
  readonly answers: ((problem?: Error) => void)[] = [];
  value = 1;
  read = (keys: readonly string[]): Promise<ReadonlyMap<string, number>> => {
    this.asked.push(keys);
    const seen = this.value;
    return new Promise((resolve, reject) =>
      this.answers.push((problem) => (problem ? reject(problem) : resolve(new Map(keys.filter((key) => key !== 'none').map((key) => [key, seen]))))),
    );
  };
}

const settle = () => new Promise((resolve) => setImmediate(resolve));

it('asks at once for the first, and for what comes meanwhile together, each key once', async () => {
  const source = new Source();
  const batched = new Batched(source.read, { atOnce: 1, max: 10, patienceMs: 1 });
  const reads = ['a', 'b', 'c', 'b', 'none'].map((key) => batched.get(key));
  expect(source.asked).toEqual([['a']]);

  source.answers[0]!();
  await settle();
  expect(source.asked).toEqual([['a'], ['b', 'c', 'none']]);
  source.answers[1]!();
  expect(await Promise.all(reads)).toEqual([1, 1, 1, 1, null]);
});

it('never answers from a query that began before the question', async () => {
  const source = new Source();
  const batched = new Batched(source.read, { atOnce: 1, max: 10, patienceMs: 1 });
  const before = batched.get('a');
  source.value = 2;
  const after = batched.get('a');
  source.answers[0]!();
  await settle();
  source.answers[1]!();

  expect([await before, await after]).toEqual([1, 2]);
});

it('asks for what more than one query may hold in several', async () => {
  const source = new Source();
  const batched = new Batched(source.read, { atOnce: 2, max: 2, patienceMs: 60_000 });
  const reads = ['a', 'b', 'c', 'd', 'e', 'f'].map((key) => batched.get(key));
  expect(source.asked).toEqual([['a']]);

  for (let at = 0; at < 4; at++) {
    source.answers[at]!();
    await settle();
  }
  expect(source.asked).toEqual([['a'], ['b', 'c'], ['d', 'e'], ['f']]);
  expect(await Promise.all(reads)).toHaveLength(6);
});

it('does not wait for ever for a query that does not end, and never has more under way than it may', async () => {
  const source = new Source();
  const batched = new Batched(source.read, { atOnce: 2, max: 10, patienceMs: 1 });
  const stuck = batched.get('a');
  const second = batched.get('b');
  await eventually('a query beside the one that does not end', () => source.asked.length === 2);
  const third = batched.get('c');
  source.answers[1]!();
  await settle();
  source.answers[2]!();

  expect(source.asked).toEqual([['a'], ['b'], ['c']]);
  expect(await Promise.all([second, third])).toEqual([1, 1]);
  source.answers[0]!();
  expect(await stuck).toBe(1);
});

it('fails those that asked, and nobody after them', async () => {
  const source = new Source();
  const batched = new Batched(source.read, { atOnce: 1, max: 10, patienceMs: 1 });
  const lost = batched.get('a');
  source.answers[0]!(new Error('gone'));
  await expect(lost).rejects.toThrow('gone');

  const found = batched.get('a');
  await settle();
  source.answers[1]!();
  expect(await found).toBe(1);
});
