/** `everthread audit …`: whether the audit log is what was written, straight in the database. Whoever asks need not trust a server that could lie about it. */
import { Command, InvalidArgumentError } from 'commander';
import { TENANT_FORM } from '../contracts/tenant';
import type { AuditChainReport, AuditHead } from '../store/audit-chain';
import { withDatabase } from './database';

const print = (line: string): void => void process.stdout.write(`${line}\n`);

export function auditCommand(): Command {
  return new Command('audit').description('check the audit log, in the database of the configuration').addCommand(verifyCommand());
}

const tenant = (value: string): string => {
  if (value === '-' || TENANT_FORM.test(value)) return value;
  throw new InvalidArgumentError('Expected the name of a tenant, or - for entries of none.');
};

const head = (value: string): AuditHead => {
  const match = /^(\d{1,15}):([0-9a-f]{64})$/i.exec(value);
  if (!match?.[1] || !match[2]) throw new InvalidArgumentError('Expected what an earlier check has printed as the head, such as 12:9f86….');
  return { seq: Number(match[1]), hash: match[2].toLowerCase() };
};

interface VerifyOptions {
  readonly tenant?: string;
  readonly noted?: AuditHead;
  readonly json?: boolean;
}

const verifyCommand = (): Command =>
  new Command('verify')
    .description('hold every entry against the chain of hashes; the exit code is 1 when something was changed')
    .option('--tenant <name>', 'only of this tenant; - for entries of none', tenant)
    .option('--noted <head>', 'the head that an earlier check has printed: the chain must still hold it (with --tenant)', head)
    .option('--json', 'print the whole answer')
    .action(async ({ tenant: only, noted, json }: VerifyOptions, command: Command) => {
      if (noted && only === undefined) command.error('error: --noted is a head of one tenant; name it with --tenant');
      const reports = await withDatabase('everthread-audit', async (pool) => {
        const { auditTenants, verifyAuditChain } = await import('../store/audit-chain.js');
        const found: (AuditChainReport & { readonly tenant: string })[] = [];
        for (const name of only === undefined ? await auditTenants(pool) : [only]) found.push({ tenant: name, ...(await verifyAuditChain(pool, name, noted)) });
        return found;
      });
      if (json) print(JSON.stringify(reports, null, 2));
      else for (const report of reports) print(lineOf(report));
      if (reports.some(({ intact }) => !intact)) process.exitCode = 1;
    });

function lineOf(report: AuditChainReport & { readonly tenant: string }): string {
  if (report.intact) {
    const before = report.unchained > 0 ? `; ${report.unchained} entries are from before there was a chain` : '';
    return `${report.tenant}  intact  ${report.links} links${report.head ? `, head ${report.head.seq}:${report.head.hash}` : ''}${before}`;
  }
  const where = [report.brokenAt === null ? null : `link ${report.brokenAt}`, report.entryId === null ? null : `entry ${report.entryId}`]
    .filter(Boolean)
    .join(', ');
  return `${report.tenant}  BROKEN  ${report.reason}: ${where}`;
}
