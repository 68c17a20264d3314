/**
 * The keys by which the server signs: ed25519, one current, made at the first use by whichever process comes first and the same for all of them from then on. Private halves are
 * sealed; public halves stay for ever, so that what was signed can be checked after a rotation.
 */
import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import type { Pool } from 'pg';
import { publicKeyHex } from '../domain/ed25519';
import { Recent } from '../domain/recent';
import { Fault } from '../errors/fault';
import { guarded, inTransaction, type Queryable } from './database';
import { open, seal, type SealingKeys } from './sealing';

export interface SigningKey {
  /** 64 hex digits. */
  readonly publicKey: string;
  readonly privateKey: KeyObject;
}

export interface PublicKey {
  readonly publicKey: string;
  readonly createdAt: string;
  /** Since then it signs nothing new; what it signed stays good. */
  readonly retiredAt: string | null;
}

interface Stored {
  public_key: string;
  key_id: string;
  sealed: Buffer;
}

/** A process may go on signing with a key so long after another has retired it. */
const REMEMBERED_MS = 30_000;
/** Rotations are rare. */
const KEYS_MAX = 1_000;
const RESEAL_MAX = 100;

const ownerOf = (publicKey: string): string => `signing-key/${publicKey}`;

export class SigningKeys {
  #current: { readonly key: Promise<SigningKey>; readonly until: number } | null = null;
  readonly #known = new Recent<SigningKey>(16);

  constructor(
    private readonly pool: Pool,
    private readonly sealing: SealingKeys,
  ) {}

  /** The key that signs now; made when there is none. */
  current(): Promise<SigningKey> {
    const known = this.#current;
    if (known && known.until > Date.now()) return known.key;
    const key = this.#find();
    const current = { key, until: Date.now() + REMEMBERED_MS };
    this.#current = current;
    key.catch(() => {
      if (this.#current === current) this.#current = null;
    });
    return key;
  }

  /** The key of a public half, retired ones too. Fault `ledger.signing_key_unknown` (internal) for one that was not made here. */
  async byPublic(publicKey: string): Promise<SigningKey> {
    const known = this.#known.get(publicKey);
    if (known) return known;
    const { rows } = await guarded(() => this.pool.query<Stored>('select public_key, key_id, sealed from signing_keys where public_key = $1', [publicKey]));
    if (!rows[0]) throw new Fault('internal', 'ledger.signing_key_unknown', 'A signature is asked of a key that this server never had.', { publicKey });
    return this.#opened(rows[0]);
  }

  /** Oldest first. */
  async publicKeys(): Promise<readonly PublicKey[]> {
    const { rows } = await guarded(() =>
      this.pool.query<{ public_key: string; created_at: Date; retired_at: Date | null }>(
        `select public_key, created_at, retired_at from signing_keys order by created_at, public_key limit ${KEYS_MAX}`,
      ),
    );
    return rows.map((row) => ({ publicKey: row.public_key, createdAt: row.created_at.toISOString(), retiredAt: row.retired_at?.toISOString() ?? null }));
  }

  /** Retires the current key and makes the next one. Other processes follow within half a minute. */
  async rotate(): Promise<PublicKey> {
    const made = await inTransaction(this.pool, async (client) => {
      await client.query('lock table signing_keys in share row exclusive mode');
      await client.query('update signing_keys set retired_at = clock_timestamp() where retired_at is null');
      return this.#make(client);
    });
    this.#current = null;
    return (await this.publicKeys()).find(({ publicKey }) => publicKey === made?.public_key) as PublicKey;
  }

  /** Seals up to 100 keys again that an older sealing key sealed; returns how many. Call until it returns 0, then retire the old one. */
  async reseal(): Promise<number> {
    const { rows } = await guarded(() =>
      this.pool.query<Stored>(`select public_key, key_id, sealed from signing_keys where key_id <> $1 limit ${RESEAL_MAX}`, [this.sealing.current]),
    );
    for (const row of rows) {
      const owner = ownerOf(row.public_key);
      const { keyId, bytes } = seal(this.sealing, owner, open(this.sealing, owner, { keyId: row.key_id, bytes: row.sealed }));
      await guarded(() =>
        this.pool.query('update signing_keys set key_id = $3, sealed = $4 where public_key = $1 and key_id = $2', [row.public_key, row.key_id, keyId, bytes]),
      );
    }
    return rows.length;
  }

  async #find(): Promise<SigningKey> {
    const current = await this.#stored();
    if (current) return this.#opened(current);
    // Of several that make one at once the index lets one in; the others find that one.
    await guarded(() => this.#make(this.pool));
    const made = await this.#stored();
    if (!made) throw new Fault('unavailable', 'store.busy', 'The signing key was retired while it was made.');
    return this.#opened(made);
  }

  async #stored(): Promise<Stored | undefined> {
    const { rows } = await guarded(() => this.pool.query<Stored>('select public_key, key_id, sealed from signing_keys where retired_at is null'));
    return rows[0];
  }

  async #make(db: Queryable): Promise<Stored | undefined> {
    const { privateKey } = generateKeyPairSync('ed25519');
    const publicKey = publicKeyHex(privateKey);
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
    const { keyId, bytes } = seal(this.sealing, ownerOf(publicKey), pem);
    const { rows } = await db.query<Stored>(
      'insert into signing_keys (public_key, key_id, sealed) values ($1, $2, $3) on conflict do nothing returning public_key, key_id, sealed',
      [publicKey, keyId, bytes],
    );
    return rows[0];
  }

  #opened(row: Stored): SigningKey {
    const pem = open(this.sealing, ownerOf(row.public_key), { keyId: row.key_id, bytes: row.sealed });
    const key = { publicKey: row.public_key, privateKey: createPrivateKey(pem) };
    this.#known.set(row.public_key, key);
    return key;
  }
}
