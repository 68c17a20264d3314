/** An agent in the worker's own process that votes at once: what remains is what an execution costs. Copied under three names into the folder of the system's agents. */
export const capabilities = ['vote'];

export const perform = (): { readonly result: { readonly category: string }; readonly confidence: number } => ({
  result: { category: 'technology' },
  confidence: 0.9,
});
