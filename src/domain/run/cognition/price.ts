/** What a call of a model cost, by the operator's own table: vendors change prices, so none is built in. */
/** By `<provider>:<model>`, `<model>` or `<provider>:*`; US dollars for a million tokens. */
export type ModelPrices = Readonly<Record<string, { readonly input: number; readonly output: number }>>;

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
