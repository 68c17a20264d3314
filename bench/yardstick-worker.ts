/** Runs a bare workflow that something of ours is held against. Arguments: the server's address, the task queue, the file of the workflow. */
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';

const activities = {
  vote: async (): Promise<unknown> => ({ category: 'technology', confidence: 0.9 }),
  now: async (): Promise<unknown> => ({ iso: new Date().toISOString(), unix_ms: Date.now() }),
};

async function main(address: string, taskQueue: string, file: string): Promise<void> {
  Runtime.install({ logger: new DefaultLogger('ERROR'), shutdownSignals: [] });
  const connection = await NativeConnection.connect({ address });
  const worker = await Worker.create({ connection, namespace: 'default', taskQueue, workflowsPath: require.resolve(`./${file}`), activities });
  process.once('disconnect', () => worker.getState() === 'RUNNING' && worker.shutdown());
  const running = worker.run();
  process.send?.({ ready: true });
  await running;
  await connection.close();
}

main(process.argv[2] ?? '', process.argv[3] ?? '', process.argv[4] ?? '').catch((problem: unknown) => {
  process.stderr.write(`${String(problem)}\n`);
  process.exit(1);
});
