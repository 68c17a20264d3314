/**
 * The peer: a durable workflow of three steps at once, behind HTTP. Argument: the URL of a Postgres database of its own. `POST /run` with a JSON body runs it and answers with what its steps
 * returned, as the sync execution of a pattern does.
 */
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { DBOS } from '@dbos-inc/dbos-sdk';

DBOS.setConfig({ name: 'bench', systemDatabaseUrl: process.argv[2], logLevel: 'error', runAdminServer: false });

const VOTES = [0.95, 0.88, 0.93];
const vote = async (input, confidence) => ({ category: input.text.length > 3 ? 'technology' : 'other', confidence });

const votes = DBOS.registerWorkflow(
  async (input) => {
    const given = await Promise.all(VOTES.map((confidence, at) => DBOS.runStep(() => vote(input, confidence), { name: `vote-${at}` })));
    return { category: given[0].category, confidence: given.reduce((sum, one) => sum + one.confidence, 0) / given.length };
  },
  { name: 'votes' },
);

await DBOS.launch();

const server = createServer((request, response) => {
  text(request)
    .then(async (body) => {
      const result = await votes(JSON.parse(body));
      response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(result));
    })
    .catch((problem) => response.writeHead(500).end(String(problem)));
});
server.listen(0, '127.0.0.1', () => process.send({ ready: true, port: server.address().port }));

process.once('disconnect', () => {
  server.closeAllConnections();
  server.close();
  void DBOS.shutdown().finally(() => process.exit(0));
});
