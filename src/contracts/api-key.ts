/** What is known of an API key besides the key itself: one shape for the store, the surface and the command line. Times are ISO 8601. */
export interface ApiKeyRecord {
  readonly id: string;
  /** `*` for operators. */
  readonly tenant: string;
  readonly name: string;
  /** The beginning and the end of the key. */
  readonly hint: string;
  readonly scopes: readonly string[];
  readonly createdBy: string;
  readonly createdAt: string;
  readonly expiresAt: string | null;
  readonly revokedAt: string | null;
  /** To the minute. */
  readonly lastUsedAt: string | null;
  readonly rotatedFrom: string | null;
}

/** Whose keys are meant: of one tenant, or (null) of all. */
export type KeyOwner = string | null;
