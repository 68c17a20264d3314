import fc from 'fast-check';
import { answer, askFor, askId, missing, outcomeOf, settled, type Ask, type Verdict } from '../../../src/domain/run/authority/approvals';

const PROPOSAL = 'ab'.repeat(32);
const ask = (more: Partial<Ask> = {}): Ask => ({ proposalId: PROPOSAL, channel: 'high-risk', reason: 'because', quorum: 1, verdicts: [], ...more });
const verdict = (approver: string, approved = true): Verdict => ({ approver, approved, comment: null, at: '2026-11-26T00:00:00.000Z' });
const answered = (of: Ask, ...verdicts: readonly Verdict[]): Ask => verdicts.reduce((at, each) => answer(at, each).ask, of);

describe('an ask', () => {
  it('has an id of what it is about', () => expect(askId(ask())).toBe(`${PROPOSAL}/high-risk`));

  it('is settled by as many different people as it wants', () => {
    const first = answered(ask({ quorum: 2 }), verdict('ada'));
    expect([outcomeOf(first), missing(first)]).toEqual([null, 1]);

    const second = answered(first, verdict('grace'));
    expect([outcomeOf(second), missing(second)]).toEqual(['approved', 0]);
  });

  it('counts nobody twice', () => {
    const once = answered(ask({ quorum: 2 }), verdict('ada'));

    expect(answer(once, { ...verdict('ada'), comment: 'again' })).toEqual({ ask: once, verdict: verdict('ada'), repeated: true });
    expect(answer(once, verdict('ada', false))).toEqual({ ask: once, verdict: verdict('ada'), repeated: true });
  });

  it('is denied by one, however many have approved', () => {
    const denied = answered(ask({ quorum: 3 }), verdict('ada'), verdict('grace', false));

    expect([outcomeOf(denied), missing(denied)]).toEqual(['denied', 0]);
  });

  it('shows who comes late what settled it', () => {
    const approved = answered(ask(), verdict('ada'));
    expect(answer(approved, verdict('grace', false))).toEqual({ ask: approved, verdict: verdict('ada'), repeated: true });

    const denied = answered(ask({ quorum: 2 }), verdict('ada'), verdict('grace', false));
    expect(answer(denied, verdict('linus'))).toMatchObject({ verdict: verdict('grace', false), repeated: true });
  });
});

describe('an answer', () => {
  const waiting = ask();
  const done = answered(ask({ proposalId: 'cd'.repeat(32) }), verdict('ada'));

  it('is about what waits on its channel', () => {
    expect(askFor([done, waiting], { channel: 'high-risk', proposalId: null })).toBe(waiting);
  });

  it('is about the proposal that it names', () => {
    expect(askFor([done, waiting], { channel: 'high-risk', proposalId: done.proposalId })).toBe(done);
  });

  it('is about what was settled last where nothing waits', () => {
    expect(askFor([done], { channel: 'high-risk', proposalId: null })).toBe(done);
  });

  it.each([
    ['another channel', 'finance', null],
    ['another proposal', 'high-risk', 'ef'.repeat(32)],
    ['the right proposal on another channel', 'finance', PROPOSAL],
  ])('on %s is about nothing', (_what, channel, proposalId) => {
    expect(() => askFor([waiting], { channel, proposalId })).toThrow(expect.objectContaining({ code: 'run.no_pending_approval', kind: 'not_found' }));
  });
});

it('whoever answers in whatever order: it is approved by quorum approvers and no denial before, and stays what it became', () => {
  const people = fc.constantFrom('a', 'b', 'c', 'd');
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 4 }), fc.array(fc.tuple(people, fc.boolean()), { maxLength: 12 }), (quorum, answers) => {
      let at = ask({ quorum });
      let became: ReturnType<typeof outcomeOf> = null;
      for (const [who, approved] of answers) {
        at = answer(at, verdict(who, approved)).ask;
        if (became !== null) expect(outcomeOf(at)).toBe(became);
        became = outcomeOf(at);
      }
      const firsts = [...new Map([...answers].reverse())].length;
      expect(new Set(at.verdicts.map(({ approver }) => approver)).size).toBe(at.verdicts.length);
      expect(at.verdicts.length).toBeLessThanOrEqual(Math.min(quorum, firsts));
      expect(settled(at)).toBe(at.verdicts.some(({ approved }) => !approved) || at.verdicts.length === quorum);
    }),
  );
});
