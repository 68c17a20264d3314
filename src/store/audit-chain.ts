/**
 * The chain of a tenant's audit entries (migrations/0011_platform.sql writes it): checking it, and forgetting its beginning.
 *
 * Whoever can write into the database can also write a whole new chain; what they cannot do is make it end in a hash that somebody has noted elsewhere. So a check shows the
 * last link, and takes one that was noted before.
 */
import type { Pool } from 'pg';
import { guarded, inTransaction, type Queryable } from './database';

const PAGE = 1_000;
/** Tenants that one question names at most. */
const TENANTS_MAX = 10_000;

/** A link by its number and its hash (hex). */
export interface AuditHead {
  readonly seq: number;
  readonly hash: string;
}

export type AuditChainReport =
  | {
      readonly intact: true;
      readonly links: number;
      /** Null: nothing was ever written. */
      readonly head: AuditHead | null;
      /** Entries from before there was a chain. */
      readonly unchained: number;
    }
  | { readonly intact: false; readonly reason: string; readonly brokenAt: number | null; readonly entryId: string | null };

interface Chain {
  seq: string;
  hash: string;
  forgotten_seq: string;
  forgotten_hash: string;
}

interface Link {
  seq: string;
  entry_id: string;
  hash: string;
  expected: string;
  there: boolean;
  forgotten: boolean;
  same: boolean;
}

const broken = (reason: string, brokenAt: number | null, entryId: string | null = null): AuditChainReport => ({ intact: false, reason, brokenAt, entryId });

/** Checks every link and every entry of a tenant. `noted`: a link of an earlier check, which must still be there unless it was forgotten. */
export async function verifyAuditChain(pool: Pool, tenant: string, noted?: AuditHead): Promise<AuditChainReport> {
  // Whoever notes a head must find it again after a crash: this commit is on the disk when it returns, and with it all that came before.
  await guarded(() => pool.query(`select pg_logical_emit_message(true, 'everthread', 'audit')`));
  return inTransaction(pool, async (client) => {
    // One look at everything: what is written or forgotten meanwhile is the next check's.
    await client.query('set transaction isolation level repeatable read read only');
    const { rows } = await client.query<Chain>(
      `select seq, encode(hash, 'hex') as hash, forgotten_seq, encode(forgotten_hash, 'hex') as forgotten_hash from audit_chains where tenant = $1`,
      [tenant],
    );
    const chain = rows[0];
    if (!chain) return noted ? broken('the link that was noted is not there', noted.seq) : strayOf(client, tenant, null);
    const problem = await walk(client, tenant, chain, noted);
    return problem ?? strayOf(client, tenant, chain);
  });
}

/** Link by link up to the head. */
async function walk(db: Queryable, tenant: string, chain: Chain, noted: AuditHead | undefined): Promise<AuditChainReport | null> {
  const [first, last] = [Number(chain.forgotten_seq), Number(chain.seq)];
  if (noted && noted.seq > last) return broken('the chain is shorter than the link that was noted', noted.seq);
  if (noted && noted.seq === first && noted.hash !== chain.forgotten_hash) return broken('the link that was noted has another hash', noted.seq);
  let [seq, hash] = [first, chain.forgotten_hash];
  while (seq < last) {
    const links = await page(db, tenant, { after: seq, last, hash });
    if (links.length === 0) return broken('links are missing', seq + 1);
    for (const link of links) {
      seq += 1;
      const problem = problemOf(link, seq, noted);
      if (problem) return broken(problem, seq, link.entry_id);
      hash = link.hash;
    }
  }
  return hash === chain.hash ? null : broken('the chain remembers another last hash', last);
}

async function page(db: Queryable, tenant: string, { after, last, hash }: { after: number; last: number; hash: string }): Promise<readonly Link[]> {
  const { rows } = await db.query<Link>(
    `select l.seq, l.entry_id, encode(l.hash, 'hex') as hash,
            encode(audit_link_hash(coalesce(lag(l.hash) over (order by l.seq), decode($4, 'hex')), l.seq, l.entry_id, l.part, l.at, l.content), 'hex') as expected,
            e.id is not null as there, l.at < c.forgotten_before as forgotten,
            coalesce(audit_content(e, l.part) = l.content and e.tenant = l.tenant and e.at = l.at, false) as same
     from audit_links l join audit_chains c on c.tenant = l.tenant left join audit e on e.id = l.entry_id
     where l.tenant = $1 and l.seq > $2 and l.seq <= $3 order by l.seq limit ${PAGE}`,
    [tenant, after, last, hash],
  );
  return rows;
}

function problemOf(link: Link, seq: number, noted: AuditHead | undefined): string | null {
  if (Number(link.seq) !== seq) return 'a link is missing';
  if (link.hash !== link.expected) return 'the hash is not that of the link';
  if (noted?.seq === seq && noted.hash !== link.hash) return 'the link that was noted has another hash';
  if (link.there) return link.same ? null : 'the entry is not what it was';
  return link.forgotten ? null : 'the entry is gone';
}

/** Entries that no link speaks of, or whose outcome none speaks of. */
async function strayOf(db: Queryable, tenant: string, chain: Chain | null): Promise<AuditChainReport> {
  const { rows } = await db.query<{ id: string }>(
    `select e.id from audit e where e.tenant = $1 and e.chained and not exists (
       select 1 from audit_links l where l.entry_id = e.id and l.tenant = e.tenant and l.part = any(case e.outcome when 'unknown' then '{begun}'::text[] else '{settled,counted}'::text[] end)
     ) limit 1`,
    [tenant],
  );
  if (rows[0]) return broken('no link speaks of the entry or of its outcome', null, rows[0].id);
  const { rows: before } = await db.query<{ unchained: number }>('select count(*)::int as unchained from audit where tenant = $1 and not chained', [tenant]);
  const head = chain && Number(chain.seq) > 0 ? { seq: Number(chain.seq), hash: chain.hash } : null;
  return { intact: true, links: chain ? Number(chain.seq) - Number(chain.forgotten_seq) : 0, head, unchained: before[0]?.unchained ?? 0 };
}

/** Whose entries there are, in order of their names. */
export const auditTenants = (pool: Pool): Promise<readonly string[]> =>
  guarded(async () => {
    const { rows } = await pool.query<{ tenant: string }>(`select tenant from audit_chains order by tenant limit ${TENANTS_MAX}`);
    return rows.map(({ tenant }) => tenant);
  });

/** Notes until when the tenant's entries were forgotten, and removes the links that come before the first entry that is still there. In a transaction with the removal. */
export async function forgetLinks(client: Queryable, tenant: string, olderThanMs: number): Promise<void> {
  await client.query('select 1 from audit_chains where tenant = $1 for update', [tenant]);
  await client.query(
    `update audit_chains set forgotten_before = greatest(forgotten_before, clock_timestamp() - $2 * interval '1 millisecond') where tenant = $1`,
    [tenant, olderThanMs],
  );
  const { rowCount } = await client.query(
    `update audit_chains c set forgotten_seq = l.seq, forgotten_hash = l.hash
     from audit_links l
     where c.tenant = $1 and l.tenant = $1 and l.seq > c.forgotten_seq and l.seq = coalesce(
       (select min(k.seq) from audit_links k where k.tenant = $1 and exists (select 1 from audit e where e.id = k.entry_id)) - 1, c.seq)`,
    [tenant],
  );
  if (rowCount === 1)
    await client.query('delete from audit_links l using audit_chains c where c.tenant = $1 and l.tenant = $1 and l.seq <= c.forgotten_seq', [tenant]);
}
