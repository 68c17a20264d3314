/** The environment values of actors, sealed; and the redaction that knows them. */
import type { Pool } from 'pg';
import type { ActorRef } from '../contracts/actor';
import { CONVERSATION_KIND } from '../contracts/conversation/commands';
import { BATCH_KIND } from '../contracts/execution/batch';
import { EXECUTION_KIND } from '../contracts/execution/commands';
import { RUN_KIND } from '../contracts/run/commands';
import { Fault } from '../errors/fault';
import { canonicalJson } from '../domain/canonical-json';
import { guarded } from './database';
import { Recent } from '../domain/recent';
import { open, seal, type SealingKeys } from './sealing';

/** Returns its argument with every secret replaced. Pure: a repeated commit is recognised by its redacted content. */
export type Redact = <T>(value: T) => T;
/** The redaction for an actor with these environment values (src/domain/redaction.ts has the rules). */
export type Redaction = (environment: Readonly<Record<string, string>>) => Redact;

/** Kinds of actors that are never given environment values: nothing is looked for, and nothing is sealed. */
const WITHOUT_ENVIRONMENT: readonly string[] = [EXECUTION_KIND, BATCH_KIND, RUN_KIND, CONVERSATION_KIND];

/** Rows that one call of `reseal` works on. */
const RESEAL_MAX = 1_000;

export class Secrets {
  #plain: Redact | null = null;
  #sealings = 0;
  readonly #redactions = new Recent<Redact>(5_000);

  constructor(
    private readonly pool: Pool,
    private readonly keys: SealingKeys,
    private readonly redaction: Redaction,
  ) {}

  /**
   * Seals the values under the actor's address, before the actor exists. The first write stands: for an actor whose id the caller chose, an empty one
   * too. Fault `thread.environment_differs` (conflict) when other values stand there, left by a request that never got as far as its workflow:
   * the actor must not start with them unseen.
   */
  async sealEnvironment(actor: ActorRef, environment: Readonly<Record<string, string>>, { chosen = false } = {}): Promise<void> {
    if (Object.keys(environment).length === 0 && !chosen) return;
    if (WITHOUT_ENVIRONMENT.includes(actor.kind))
      throw new Fault('internal', 'secrets.no_environment', `An actor of kind ${actor.kind} has no environment.`, {});
    const { keyId, bytes } = seal(this.keys, actor.address, JSON.stringify(environment));
    const { rowCount } = await guarded(() =>
      this.pool.query('insert into secrets (actor, key_id, sealed) values ($1, $2, $3) on conflict do nothing', [actor.address, keyId, bytes]),
    );
    this.#sealings += 1;
    this.#redactions.delete(actor.address);
    if (rowCount === 1 || canonicalJson(await this.environment(actor)) === canonicalJson(environment)) return;
    const message = 'An earlier spawn of this id, with other environment values, did not succeed. Repeat it with its values, or choose another id.';
    throw new Fault('conflict', 'thread.environment_differs', message, { field: 'preparation.env' });
  }

  /** The values, or an empty record when none were given. */
  async environment(actor: ActorRef): Promise<Record<string, string>> {
    const { rows } = await guarded(() =>
      this.pool.query<{ key_id: string; sealed: Buffer }>('select key_id, sealed from secrets where actor = $1', [actor.address]),
    );
    const row = rows[0];
    return row ? (JSON.parse(open(this.keys, actor.address, { keyId: row.key_id, bytes: row.sealed })) as Record<string, string>) : {};
  }

  /**
   * The redaction for one actor. Kept in memory: values are written once, before the actor's first event. What is kept is the redaction and not the promise of it, which would hold on to
   * all that the activity had that asked first.
   */
  async redactionFor(actor: ActorRef): Promise<Redact> {
    if (WITHOUT_ENVIRONMENT.includes(actor.kind)) return this.#withoutValues;
    const known = this.#redactions.get(actor.address);
    if (known) return known;
    const sealings = this.#sealings;
    const environment = await this.environment(actor);
    const made = Object.keys(environment).length === 0 ? this.#withoutValues : this.redaction(environment);
    // What was read while values were being sealed may be what was there before.
    if (sealings === this.#sealings) this.#redactions.set(actor.address, made);
    return made;
  }

  get #withoutValues(): Redact {
    return (this.#plain ??= this.redaction({}));
  }

  /** Seals up to 1,000 values again that an older key sealed; returns how many. Call until it returns 0, then retire the old key. */
  async reseal(): Promise<number> {
    const { rows } = await guarded(() =>
      this.pool.query<{ actor: string; key_id: string; sealed: Buffer }>('select actor, key_id, sealed from secrets where key_id <> $1 limit $2', [
        this.keys.current,
        RESEAL_MAX,
      ]),
    );
    for (const row of rows) {
      const { keyId, bytes } = seal(this.keys, row.actor, open(this.keys, row.actor, { keyId: row.key_id, bytes: row.sealed }));
      await guarded(() => this.pool.query('update secrets set key_id = $2, sealed = $3 where actor = $1', [row.actor, keyId, bytes]));
    }
    return rows.length;
  }
}
