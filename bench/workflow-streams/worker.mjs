/** The peer's worker, a process of its own as ours is. Argument: the server's address. Says `{ready: true}` and ends when its parent does. */
import { fileURLToPath } from 'node:url';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';

Runtime.install({ logger: new DefaultLogger('ERROR'), shutdownSignals: [] });
const connection = await NativeConnection.connect({ address: process.argv[2] });
const worker = await Worker.create({
  connection,
  namespace: 'default',
  taskQueue: 'bench-workflow-streams',
  workflowsPath: fileURLToPath(new URL('./streamed.mjs', import.meta.url)),
});
process.once('disconnect', () => {
  if (worker.getState() === 'RUNNING') worker.shutdown();
});
const running = worker.run();
process.send({ ready: true });
await running;
await connection.close();
