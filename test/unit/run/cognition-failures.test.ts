import { finalSentence, failureOf, hintOf, retryDelayMs, spokenDuration, type CallProblem } from '../../../src/domain/run/cognition/failures';

const NOW = Date.parse('2026-11-26T08:00:00Z');
const problem = (given: Partial<CallProblem>): CallProblem => ({ status: null, headers: {}, text: '', timedOut: false, unreadable: false, ...given });
const fault = (given: Partial<CallProblem>) => failureOf(problem(given), NOW);

describe('the class of a failed call', () => {
  it.each([
    [{ status: 401 }, 'key_rejected', 'forbidden', false],
    [{ status: 403 }, 'key_rejected', 'forbidden', false],
    [{ status: 404 }, 'model_unknown', 'not_found', false],
    [{ status: 429 }, 'rate_limited', 'exhausted', true],
    [{ status: 500 }, 'provider_error', 'unavailable', true],
    [{ status: 529 }, 'provider_error', 'unavailable', true],
    [{ status: 504 }, 'timeout', 'deadline', true],
    [{ timedOut: true }, 'timeout', 'deadline', true],
    [{ status: 400, text: '{"error":{"code":"tool_use_failed"}}' }, 'tool_use_failed', 'unavailable', true],
    [{ status: 400, text: 'context length exceeded' }, 'request_refused', 'invalid', false],
    [{ text: 'connect ECONNREFUSED 127.0.0.1:9' }, 'unreachable', 'unavailable', true],
    [{ text: '{"type":"overloaded_error","message":"Overloaded"}', unreadable: true }, 'provider_error', 'unavailable', true],
    [{ text: 'Too many requests', unreadable: true }, 'rate_limited', 'exhausted', true],
    [{ text: 'The answer broke off.', unreadable: true }, 'answer_unreadable', 'unavailable', true],
  ] as const)('%j is %s', (given, failed, kind, retry) => {
    expect(fault(given)).toMatchObject({ code: `cognition.${failed}`, kind, facts: { retry } });
  });

  it('takes the words of the provider into the message, cut', () => {
    expect(fault({ status: 500, text: 'boom' }).message).toBe('The model did not answer (HTTP 500): boom');
    expect(fault({ status: 500, text: 'x'.repeat(10_000) }).message.length).toBeLessThan(600);
  });
});

describe('when a further try makes sense', () => {
  it.each([
    [{ 'retry-after': '7' }, '', 7_000],
    [{ 'retry-after': '0.5' }, '', 500],
    [{ 'retry-after': 'Thu, 26 Nov 2026 08:00:30 GMT' }, '', 30_000],
    [{ 'retry-after': 'Thu, 26 Nov 2026 07:00:00 GMT' }, '', 0],
    [{ 'retry-after-ms': '250', 'retry-after': '9' }, '', 250],
    [{ 'retry-after': 'soon' }, '', null],
    [{}, 'Rate limit. Please try again in 1h16m43.392s', 4_603_392],
    [{}, 'Please retry after 20 seconds.', 20_000],
    [{}, 'Please try again in 350ms.', 350],
    [{}, 'your limit resets in 2 minutes', 120_000],
    [{}, 'there is nothing to wait for', null],
  ] as const)('%j with %j', (headers, text, expected) => expect(hintOf(headers, text, NOW)).toBe(expected));

  it('takes time in proportion to a long text', () => {
    const began = performance.now();

    hintOf({}, `try again in ${'1 '.repeat(200_000)}`, NOW);

    expect(performance.now() - began).toBeLessThan(500);
  });

  it('is 1, 2 and 4 s without a hint, then never', () => {
    const failed = fault({ status: 500 });

    expect([1, 2, 3, 4].map((attempt) => retryDelayMs(failed, attempt))).toEqual([1_000, 2_000, 4_000, null]);
  });

  it('is as long as the provider says, up to a minute, and never beyond', () => {
    expect(retryDelayMs(fault({ status: 429, headers: { 'retry-after': '60' } }), 1)).toBe(60_000);
    expect(retryDelayMs(fault({ status: 429, headers: { 'retry-after': '61' } }), 1)).toBeNull();
    expect(retryDelayMs(fault({ status: 401 }), 1)).toBeNull();
  });
});

describe('the last words of a run', () => {
  it('are one sentence for people, without what the provider said', () => {
    const said = finalSentence(fault({ status: 401, text: 'Incorrect API key provided: sk-1234' }));

    expect(said).toBe("The model provider refused the server's key. The operator has to correct it.");
  });

  it('say how long a long limit lasts', () => {
    const failed = fault({ status: 429, text: 'Please try again in 1h16m43.392s' });

    expect(failed.message).toContain('the limit ends in about 1 h 17 min');
    expect(finalSentence(failed)).toBe('The model provider takes no more requests for now: a limit is used up. It ends in about 1 h 17 min.');
  });

  it('are general for what no model said', () => {
    expect(finalSentence({ code: 'cognition.something', facts: {} })).toBe('The run stopped because its model could not be asked.');
  });
});

it.each([
  [500, 'about 1 s'],
  [61_000, 'about 61 s'],
  [300_000, 'about 5 min'],
  [7_200_000, 'about 2 h'],
  [90_000_000, 'about 1 d 1 h'],
  [172_800_000, 'about 2 d'],
])('%i ms are %s', (ms, spoken) => expect(spokenDuration(ms)).toBe(spoken));
