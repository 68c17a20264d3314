/**
 * Rows of what has a secret that can be replaced (webhooks, triggers): their sealed part, the end of the secret that people are shown, and the one update that changes them, which of two
 * rotations at once only one can win.
 */
import type { Pool } from 'pg';
import type { RotatingSecret } from '../contracts/webhook';
import { guarded } from './database';
import { open, seal, type SealingKeys } from './sealing';

interface StoredSeal {
  readonly tenant: string;
  readonly id: string;
  readonly key_id: string;
  readonly sealed: Buffer;
}

interface Replacement<V> {
  /** Columns beside those of the seal. */
  readonly plain: Readonly<Record<string, unknown>>;
  /** Null: what is sealed stays. */
  readonly value: V | null;
  readonly secrets: RotatingSecret | null;
  /** Only while the secret ends so; null: whatever it is. */
  readonly hint: string | null;
}

/** `V`: what is sealed, as JSON. `ownerOf` binds a seal to its row. */
export class SealedRows<V> {
  constructor(
    private readonly pool: Pool,
    private readonly keys: SealingKeys,
    private readonly table: 'webhooks' | 'triggers',
    private readonly ownerOf: (tenant: string, id: string) => string,
  ) {}

  seal(tenant: string, id: string, value: V): { readonly keyId: string; readonly bytes: Buffer } {
    return seal(this.keys, this.ownerOf(tenant, id), JSON.stringify(value));
  }

  open({ tenant, id, key_id: keyId, sealed: bytes }: StoredSeal): V {
    return JSON.parse(open(this.keys, this.ownerOf(tenant, id), { keyId, bytes })) as V;
  }

  /** The row as it is then; null when there is none, or its secret ends otherwise. */
  async replace<Row extends StoredSeal>(tenant: string, id: string, { plain, value, secrets, hint }: Replacement<V>): Promise<Row | null> {
    const made = value === null ? null : this.seal(tenant, id, value);
    const columns = Object.keys(plain).map((name, at) => `${name} = $${at + 7}`);
    const { rows } = await guarded(() =>
      this.pool.query<Row>(
        `update ${this.table} set ${columns.join(', ')}, key_id = coalesce($3, key_id), sealed = coalesce($4, sealed), secret_hint = coalesce($5, secret_hint),
           updated_at = clock_timestamp() where tenant = $1 and id = $2 and ($6::text is null or secret_hint = $6) returning *`,
        [tenant, id, made?.keyId ?? null, made?.bytes ?? null, hintOf(secrets), hint, ...Object.values(plain)],
      ),
    );
    return rows[0] ?? null;
  }
}

/** What is shown of a secret. */
export const hintOf = (secrets: RotatingSecret | null): string | null => secrets && secrets.secret.slice(-4);
