/** What a worker says of the policies by which it decides: enough to tell them apart and to read the traces of commits, without their conditions. */
export interface ToldPolicies {
  /** In force, in their order. */
  readonly policies: readonly ToldPolicy[];
  /** Files of which nothing new is taken. */
  readonly refused: readonly RefusedPolicy[];
}

export interface ToldPolicy {
  readonly name: string;
  readonly version: string;
  /** Hash of the bundle, 64 hex digits. */
  readonly content_hash: string;
  /** Names of its rules as the traces of commits have them: `<policy>/<rule>@<version>`. */
  readonly rules: readonly string[];
}

export interface RefusedPolicy {
  /** Its name without the folder. */
  readonly file: string;
  /** `<name>@<version>` of what stays in force of it from before; null: nothing. */
  readonly policy: string | null;
  readonly code: string;
  readonly reason: string;
}

/** What live workers say, those that say the same together. */
export interface PolicySetInForce extends ToldPolicies {
  readonly workers: number;
  /** ISO 8601: when the last of them said so. */
  readonly seenAt: string;
  /** False: no worker runs, and this is what the last one said. */
  readonly live: boolean;
}
