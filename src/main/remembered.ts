/**
 * An answer that is asked for at most once in a while, however many want it: what health and metrics say is a few seconds old at worst, and a flood of their readers is no
 * flood of questions. A failure is remembered like an answer.
 */
export function remembered<T>(ask: () => Promise<T>, forMs: number, now: () => number = Date.now): () => Promise<T> {
  let known: { readonly at: number; readonly answer: Promise<T> } | null = null;
  let settled = true;
  return () => {
    if (known && (!settled || now() - known.at < forMs)) return known.answer;
    settled = false;
    const answer = ask().finally(() => (settled = true));
    known = { at: now(), answer };
    return answer;
  };
}
