/** A signal to which every stream of the process listens. Node takes more than ten listeners for a leak, and says so in the log. */
import { setMaxListeners } from 'node:events';

export function heardByMany(): AbortController {
  const controller = new AbortController();
  setMaxListeners(0, controller.signal);
  return controller;
}
