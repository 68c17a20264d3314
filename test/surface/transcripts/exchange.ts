/** One request of a peer's transcript with what the peer answered. Values that are another every time stand as matchers. */
export interface Exchange {
  /** Names it in ./run-differences.ts. */
  readonly id: string;
  /** `{run}`, `{trajectory}` and `{commit}` in paths and bodies are those of the run under test. */
  readonly request: readonly [method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>];
  /** Asked again until the run has ended. */
  readonly whenEnded?: true;
  readonly peer: { readonly status: number; readonly body?: unknown };
}

export const UUID = expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/);
export const HASH = expect.stringMatching(/^[0-9a-f]{64}$/);
export const id = (prefix: string) => expect.stringMatching(new RegExp(`^${prefix}:[0-9a-f]{64}$`));
export const NUMBER = expect.any(Number);
export const TEXT = expect.any(String);
export const MILLISECONDS = expect.any(Number);
