import fc from 'fast-check';
import { inOrder, isRange, newest, pick } from '../../src/domain/version';

const version = fc
  .tuple(fc.nat(20), fc.nat(20), fc.nat(20), fc.constantFrom('', '-alpha', '-beta.1', '-rc.10'))
  .map(([major, minor, patch, pre]) => `${major}.${minor}.${patch}${pre}`);

describe('versions of a pattern', () => {
  it('stand in the order of semantic versions, not of letters', () => {
    expect(inOrder(['1.10.0', '1.9.0', '2.0.0-rc.10', '2.0.0-rc.9', '2.0.0', '0.1.0'])).toEqual([
      ...['0.1.0', '1.9.0', '1.10.0', '2.0.0-rc.9', '2.0.0-rc.10', '2.0.0'],
    ]);
  });

  it.each([
    ['the highest release', ['1.0.0', '2.0.0-rc.1', '1.2.0'], '1.2.0'],
    ['a prerelease where there is nothing else', ['1.0.0-a', '1.0.0-b'], '1.0.0-b'],
    ['nothing of nothing', [], undefined],
  ])('%s is the newest', (_name, versions, expected) => {
    expect(newest(versions)).toBe(expected);
  });

  it.each(['1.2.3', '1.x', '1', '^1.2', '~1.2.0', '>=1 <3', '1.0.0 - 2.0.0', '1.x || 3.x', '*', 'latest', '2.0.0-beta.1'])('%s is a range', (range) => {
    expect(isRange(range)).toBe(true);
  });

  it.each(['newest', 'v', '1.2.3.4', 'one', '><', '1 '.repeat(100)])('%s is none', (range) => {
    expect(isRange(range)).toBe(false);
  });

  it('are found by themselves, and by a range only when they are in it', () => {
    fc.assert(
      fc.property(fc.uniqueArray(version, { minLength: 1, maxLength: 20 }), version, (versions, asked) => {
        for (const one of versions) expect(pick(versions, one)).toBe(one);
        expect(pick(versions, asked)).toBe(versions.includes(asked) ? asked : undefined);
        expect(pick(versions, 'latest')).toBe(newest(versions));
        const major = asked.split('.')[0]!;
        const found = pick(versions, `${major}.x`);
        if (found !== undefined) expect(found).toMatch(new RegExp(`^${major}\\.\\d+\\.\\d+$`));
        expect(versions.every((one) => !one.startsWith(`${major}.`) || one.includes('-')) || found !== undefined).toBe(true);
      }),
    );
  });
});
