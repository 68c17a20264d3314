/** A workflow that does what a command and its event need, with the peer's stream: an update or a signal comes in, one item goes out. */
import { condition, defineSignal, defineUpdate, setHandler } from '@temporalio/workflow';
import { WorkflowStream } from '@temporalio/workflow-streams/workflow';

export async function streamed() {
  const items = new WorkflowStream().topic('events');
  let count = 0;
  const take = (text) => {
    count += 1;
    items.publish({ text, count });
    return count;
  };
  setHandler(defineUpdate('send'), take);
  setHandler(defineSignal('send'), (text) => void take(text));
  // Until the client terminates it.
  await condition(() => false);
}
