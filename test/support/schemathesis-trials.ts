/** What the trials of a surface by Schemathesis leave out, each with its reason, and what they expect. */
import type { Tried } from './schemathesis';

/** What is not a request with one answer. */
export const STREAMS = {
  streamExecution: 'an endless stream of events',
  attachTerminal: 'a WebSocket',
};

export const CONTROL_STREAMS = {
  streamPattern: 'a stream of events until an execution ends',
  streamExecutionEvents: 'the same',
  connectAgent: 'a WebSocket',
};

export const RUN_STREAMS = {
  streamRunExecution: 'a stream of sessions until a run ends',
  streamRunCognition: 'the same, of what its model says',
  streamRunEvents: 'the same, of entries of its ledger',
};

export const CONVERSATION_STREAMS = {
  startThreadRun: 'a stream of what a run says unless it is told otherwise',
};

export const PROTOCOL_STREAMS = {
  streamProtocolRun: 'a stream of what a run says until it ends',
  streamProtocolOwnRun: 'the same',
  joinProtocolRunStream: 'the same',
  searchProtocolThreads: 'by other methods its address is that of a thread, which is not there: 404 is right and looks like a failure',
  countProtocolThreads: 'the same',
};

export const SCRIPT_STREAMS = {
  watchThread: 'a stream of what happens until a thread ends',
  watchStep: 'the same, of a step',
  streamThreadResult: 'a stream of parts: described as text, and Schemathesis wants each event to be a text',
  streamStepResult: 'the same',
};
/** The one whose answers are streams; `ag-ui-validate` holds their events against the standard (test/surface/ag-ui.test.ts). */
export const STREAMED = 'ag-ui';

export const expectClean = ({ exitCode, output }: Tried): void => expect(exitCode === 0 ? '' : output).toBe('');

/** Every operation of the description but those that are left out, so that a description which cannot be read is no success. */
export async function operationsOf(baseUrl: string, surface: string, without: object): Promise<number> {
  const { paths } = (await (await fetch(`${baseUrl}/openapi/${surface}.json`)).json()) as { paths: Record<string, object> };
  return Object.values(paths).flatMap((path) => Object.keys(path)).length - Object.keys(without).length;
}
