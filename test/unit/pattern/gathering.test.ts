import { inParallel, inRace } from '../../../src/domain/pattern/aggregation/gather';

const answer = (agent: string, confidence: number | null = null) => ({ agent, result: agent, confidence });
const [a, b, c] = [answer('a', 0.5), answer('b', 0.9), answer('c')];

describe('a race (C5)', () => {
  it.each([
    ['waits while nobody has answered', { asked: 3, failed: 0, answers: [] }, 0.8, { state: 'wait' }],
    ['waits for one that is sure enough', { asked: 3, failed: 0, answers: [a] }, 0.8, { state: 'wait' }],
    ['is won by the first that is', { asked: 3, failed: 0, answers: [a, b] }, 0.8, { state: 'enough', answers: [b] }],
    ['is won by anybody where nothing is asked for', { asked: 3, failed: 0, answers: [c] }, null, { state: 'enough', answers: [c] }],
    ['is not won by one that does not say how sure it is', { asked: 1, failed: 0, answers: [c] }, 0.1, { state: 'short', answers: [c] }],
    ['is lost when all have answered and none is sure enough', { asked: 2, failed: 1, answers: [a] }, 0.8, { state: 'short', answers: [a] }],
    ['is lost when all have failed', { asked: 2, failed: 2, answers: [] }, null, { state: 'short', answers: [], message: 'All agents failed.' }],
  ])('%s', (_name, progress, minConfidence, expected) => {
    expect(inRace(progress, { minConfidence })).toMatchObject(expected);
  });
});

describe('parallel agents (C6)', () => {
  it.each([
    ['are waited for, all of them', { asked: 3, failed: 0, answers: [a, b] }, { waitForAll: true, minResults: 2 }, { state: 'wait' }],
    ['count when all have answered', { asked: 2, failed: 0, answers: [a, b] }, { waitForAll: true, minResults: 1 }, { state: 'enough', answers: [a, b] }],
    ['count without one that failed', { asked: 3, failed: 1, answers: [a, b] }, { waitForAll: true, minResults: 2 }, { state: 'enough', answers: [a, b] }],
    [
      'are enough after two with minResults 2',
      { asked: 3, failed: 0, answers: [a, b] },
      { waitForAll: false, minResults: 2 },
      { state: 'enough', answers: [a, b] },
    ],
    ['are not enough after one with minResults 2', { asked: 3, failed: 0, answers: [a] }, { waitForAll: false, minResults: 2 }, { state: 'wait' }],
    ['are short as soon as two cannot be had any more', { asked: 3, failed: 2, answers: [] }, { waitForAll: false, minResults: 2 }, { state: 'short' }],
    ['are short when all fail', { asked: 3, failed: 3, answers: [] }, { waitForAll: true, minResults: 1 }, { state: 'short' }],
  ])('%s', (_name, progress, rules, expected) => {
    expect(inParallel(progress, rules)).toMatchObject(expected);
  });
});
