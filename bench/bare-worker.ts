/** Runs the bare workflow, and its activity on a queue of its own, as a host has one. Arguments: the server's address, the task queue. Tells its parent when the activity ran. */
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';

async function main(address: string, taskQueue: string): Promise<void> {
  Runtime.install({ logger: new DefaultLogger('ERROR'), shutdownSignals: [] });
  const connection = await NativeConnection.connect({ address });
  const touch = async (text: string): Promise<void> => void process.send?.({ text, at: process.hrtime.bigint().toString() });
  const base = { connection, namespace: 'default' } as const;
  const workers = [
    await Worker.create({ ...base, taskQueue, workflowsPath: require.resolve('./bare-workflow'), activities: { touch } }),
    await Worker.create({ ...base, taskQueue: `${taskQueue}-host`, activities: { touch } }),
  ];
  process.once('disconnect', () => workers.forEach((worker) => worker.getState() === 'RUNNING' && worker.shutdown()));
  const running = Promise.all(workers.map((worker) => worker.run()));
  process.send?.({ ready: true });
  await running;
  await connection.close();
}

main(process.argv[2] ?? '', process.argv[3] ?? '').catch((problem: unknown) => {
  process.stderr.write(`${String(problem)}\n`);
  process.exit(1);
});
