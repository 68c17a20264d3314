#!/usr/bin/env node
/** The `everthread` command. Each subcommand loads only what it needs: the clients of the API would otherwise wait for a workflow engine to load. */
import { Command } from 'commander';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EverthreadError } from '../client/client';
import { readConfig } from '../config/config';
import { clusterConfig } from '../config/temporal';
import { Fault } from '../errors/fault';
import { agentsCommand } from './agents';
import { auditCommand } from './audit';
import { conversationsCommand } from './conversations';
import { keysCommand } from './keys';
import { executionsCommand } from './executions';
import { ledgerCommand } from './ledger';
import { patternCommand } from './patterns';
import { policyCommand } from './policy';
import { runsCommand } from './runs';
import { schedulesCommand } from './schedules';
import { scriptCommand } from './scripts';
import { threadsCommand } from './threads';

const version = (JSON.parse(readFileSync(join(__dirname, '..', '..', '..', 'package.json'), 'utf8')) as { version: string }).version;

const program = new Command('everthread').description('Durable actors for AI agents, on Temporal.').version(version);

program
  .command('start')
  .description('run everything on this machine: Temporal, Postgres, worker, host and API')
  .option('--keep-sessions', 'leave agent sessions running at the end; the next start finds them')
  .option('--no-ui', 'run Temporal without its web UI')
  .action(async ({ keepSessions, ui }: { keepSessions?: boolean; ui: boolean }) => {
    const own = readConfig();
    // Only our own variable chooses a cluster here: what is set for other clients must not change what a local start does.
    const config = own.temporal.address === null ? own : clusterConfig(own);
    const { start } = await import('./start.js');
    await start(config, { keepSessions: keepSessions ?? config.keepSessions, ui });
  });

program
  .command('api')
  .description('serve the HTTP API')
  .action(async () => {
    const config = clusterConfig(readConfig());
    const { runRole } = await import('../main/role.js');
    const { startApi } = await import('../main/api.js');
    await runRole('api', config, (log) => startApi(config, log));
  });

program
  .command('worker')
  .description('run workflows and the activities that any machine can do')
  .action(async () => {
    const config = clusterConfig(readConfig());
    const { runRole } = await import('../main/role.js');
    const { startWorker } = await import('../main/worker.js');
    await runRole('worker', config, (log) => startWorker(config, log));
  });

program
  .command('host')
  .description('run agents on this machine')
  .action(async () => {
    const config = clusterConfig(readConfig());
    const { runRole } = await import('../main/role.js');
    const { startHost } = await import('../main/host.js');
    await runRole('host', config, (log) => startHost(config, log));
  });

program
  .command('migrate')
  .description('bring the database and the Temporal namespace to this version')
  .action(async () => {
    const { migrateAll } = await import('../main/migrate.js');
    await migrateAll(clusterConfig(readConfig()), (line) => process.stdout.write(`${line}\n`));
  });

program
  .command('doctor')
  .description('check this machine and the configuration, and say how to mend what is wrong')
  .action(async () => {
    const { doctor } = await import('./doctor.js');
    process.exitCode = (await doctor()) ? 0 : 1;
  });

program.addCommand(keysCommand());
program.addCommand(auditCommand());
program.addCommand(ledgerCommand());
program.addCommand(policyCommand());
const here = `http://127.0.0.1:${process.env.EVERTHREAD_API_PORT || 8080}`;
program.addCommand(scriptCommand(here));
program.addCommand(threadsCommand(here));
program.addCommand(conversationsCommand(here));
program.addCommand(schedulesCommand(here));
program.addCommand(executionsCommand(here));
program.addCommand(runsCommand(here));
program.addCommand(patternCommand(here));
program.addCommand(agentsCommand(here));

program.parseAsync().catch((problem: unknown) => {
  const isFault = problem instanceof Fault || problem instanceof EverthreadError;
  process.stderr.write(`${isFault ? `${problem.message} (${problem.code})` : problem instanceof Error ? problem.stack : String(problem)}\n`);
  if (isFault && problem.code === 'client.unreachable') process.stderr.write('Is Everthread running? `npm start` starts it; --url names another address.\n');
  // Whatever a failed start has opened would keep the process alive.
  process.exit(1);
});
