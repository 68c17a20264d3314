/** What the keys of a tenant and their runs have used (digest §2.21). */
import type { Store } from '../store/store';
import { DEFAULT_LIMITS, LIMIT_CLASSES, type LimitRules } from '../surfaces/http/limits';
import type { RunReads, UsageReport } from '../surfaces/runs/ports';

/** Keys that one answer shows. */
const KEYS_MAX = 1_000;
const NOTHING = { runs: 0, tokensIn: 0, tokensOut: 0, toolCalls: 0, usdMillicents: 0, costKnown: true };
type Spent = typeof NOTHING;

const plus = (a: Spent, b: Spent): Spent => ({
  ...{ runs: a.runs + b.runs, tokensIn: a.tokensIn + b.tokensIn, tokensOut: a.tokensOut + b.tokensOut },
  ...{ toolCalls: a.toolCalls + b.toolCalls, usdMillicents: a.usdMillicents + b.usdMillicents },
  costKnown: a.costKnown && b.costKnown,
});

export const runUsage =
  ({ keys, runs, usedMinutes }: Pick<Store, 'keys' | 'runs' | 'usedMinutes'>, limits: LimitRules): RunReads['usage'] =>
  async (tenant): Promise<UsageReport> => {
    const [{ keys: made }, used] = await Promise.all([keys.list(tenant, { limit: KEYS_MAX, offset: 0 }), runs.usage(tenant)]);
    const total = { tenant, ...used.reduce<Spent>(plus, NOTHING) };
    if (made.length === 0) return { keys: null, total };
    const minutes = await usedMinutes(
      LIMIT_CLASSES,
      made.map(({ id }) => id),
    );
    const spent = new Map(used.map(({ keyId, ...rest }) => [keyId, rest]));
    const rateLimitRpm = LIMIT_CLASSES.reduce((sum, name) => sum + (limits[name] ?? DEFAULT_LIMITS[name]), 0);
    const rows = made.map(({ id, name }) => {
      const minute = minutes.get(id);
      return {
        ...{ keyName: name, tenant, requestsThisWindow: minute?.requests ?? 0, rateLimitRpm, windowStartedSecsAgo: minute?.startedSecondsAgo ?? 0 },
        ...(spent.get(id) ?? NOTHING),
      };
    });
    const known = new Set<string | null>(made.map(({ id }) => id));
    // Runs of tokens, of open mode, and of keys that are not shown.
    const others = used.filter(({ keyId }) => !known.has(keyId)).reduce<Spent>(plus, NOTHING);
    const without = { keyName: null, tenant, requestsThisWindow: 0, rateLimitRpm: 0, windowStartedSecsAgo: 0, ...others };
    return { keys: others.runs > 0 ? [...rows, without] : rows, total };
  };
