/** What a call of a model cost, by the operator's own table: vendors change prices, so none is built in. */
import { z } from 'zod';

const usd = z.number().min(0).max(100_000);
/** By `<provider>:<model>`, `<model>` or `<provider>:*`; US dollars for a million tokens. */
export const ModelPrices = z
  .record(z.string().min(1).max(300), z.strictObject({ input: usd, output: usd }))
  .refine((table) => Object.keys(table).length <= 1_000, {
    error: 'expected at most 1000 models',
  });
export type ModelPrices = z.output<typeof ModelPrices>;

const MILLICENTS_A_DOLLAR = 100_000;

/** In thousandths of a cent, rounded up; null: the table has no price for it. */
export function costMillicents(
  prices: ModelPrices,
  used: { readonly provider: string; readonly model: string; readonly tokensIn: number; readonly tokensOut: number },
): number | null {
  const names = [`${used.provider}:${used.model}`, used.model, `${used.provider}:*`];
  const name = names.find((each) => Object.hasOwn(prices, each));
  const price = name === undefined ? undefined : prices[name];
  if (!price) return null;
  // One division at the end; what floating point adds must not round up to one millicent more.
  return Math.ceil(Number((((used.tokensIn * price.input + used.tokensOut * price.output) / 1e6) * MILLICENTS_A_DOLLAR).toFixed(6)));
}
