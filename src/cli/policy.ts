/** `everthread policy …`: policies of runs, looked at before they are put where a worker reads them. */
import { Command } from 'commander';
import { readConfig } from '../config/config';
import { faultFrom } from '../errors/fault';

export function policyCommand(): Command {
  return new Command('policy').description('work with policies of runs').addCommand(
    new Command('check')
      .description('say whether files are policies that would be taken; with EVERTHREAD_POLICY_TRUSTED_KEYS also whether one of these signed them')
      .argument('<files...>')
      .action(async (paths: readonly string[]) => {
        const { policyTrust, readPolicyFile } = await import('../main/run-policies.js');
        const trust = policyTrust(readConfig().runAuthority.policies.trustedKeys);
        for (const path of paths) {
          try {
            const { name, version, rules } = await readPolicyFile(path, trust);
            process.stdout.write(`${path}: ${name}@${version}, ${rules.length} rules\n`);
          } catch (thrown) {
            const { code, message, facts } = faultFrom(thrown);
            const issues = (facts['issues'] as readonly { readonly field: string; readonly reason: string }[] | undefined) ?? [];
            const lines = issues.length > 0 ? issues.map(({ field, reason }) => `${field}: ${reason}`) : [message];
            for (const line of lines) process.stderr.write(`${path}: ${line} (${code})\n`);
            process.exitCode = 1;
          }
        }
      }),
  );
}
