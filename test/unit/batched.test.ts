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
  const batched = new Batched(source.read, { atOnce: 1, max: 10 });
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
  const batched = new Batched(source.read, { atOnce: 1, max: 10 });
  const before = batched.get('a');
  source.value = 2;
  const after = batched.get('a');
  source.answers[0]!();
  await settle();
  source.answers[1]!();

  expect([await before, await after]).toEqual([1, 2]);
});

it('has bounds: so many queries at once, so many keys in each', async () => {
  const source = new Source();
  const batched = new Batched(source.read, { atOnce: 2, max: 2 });
  const reads = ['a', 'b', 'c', 'd', 'e', 'f'].map((key) => batched.get(key));
  expect(source.asked).toEqual([['a'], ['b']]);

  for (let at = 0; at < 4; at++) {
    source.answers[at]!();
    await settle();
  }
  expect(source.asked).toEqual([['a'], ['b'], ['c', 'd'], ['e', 'f']]);
  expect(await Promise.all(reads)).toHaveLength(6);
});

it('fails those that asked, and nobody after them', async () => {
  const source = new Source();
  const batched = new Batched(source.read, { atOnce: 1, max: 10 });
  const lost = batched.get('a');
  source.answers[0]!(new Error('gone'));
  await expect(lost).rejects.toThrow('gone');

  const found = batched.get('a');
  await settle();
  source.answers[1]!();
  expect(await found).toBe(1);
});
