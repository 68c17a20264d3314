/** Runs the bare votes. Arguments: the server's address, the task queue. */
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';

async function main(address: string, taskQueue: string): Promise<void> {
  Runtime.install({ logger: new DefaultLogger('ERROR'), shutdownSignals: [] });
  const connection = await NativeConnection.connect({ address });
  const vote = async (): Promise<unknown> => ({ category: 'technology', confidence: 0.9 });
  const worker = await Worker.create({ connection, namespace: 'default', taskQueue, workflowsPath: require.resolve('./bare-votes'), activities: { vote } });
  process.once('disconnect', () => worker.getState() === 'RUNNING' && worker.shutdown());
  const running = worker.run();
  process.send?.({ ready: true });
  await running;
  await connection.close();
}

main(process.argv[2] ?? '', process.argv[3] ?? '').catch((problem: unknown) => {
  process.stderr.write(`${String(problem)}\n`);
  process.exit(1);
});
