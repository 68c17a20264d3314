/**
 * What is told in one WebSocket, from an async iterable that is pulled only while the client takes what was sent: for a client that is slow, what waits is a bounded number of bytes here
 * and whatever the source keeps. A client that takes nothing for `stallMs` is cut off.
 */
import type { WebSocket } from 'ws';
import { shownFault } from './fault-status';

/** Bytes that may wait in one socket before its source is not pulled any more. */
const HIGH = 256 * 1024;
const STALL_MS = 30_000;

/** Codes of a close: the source was finished, or failed. */
const FINISHED = 1000;
const FAILED = 1011;

export interface SocketStream {
  /** Ends soon after its signal aborts. */
  readonly messages: (signal: AbortSignal) => AsyncIterable<string>;
  readonly stallMs?: number;
}

/**
 * Resolves when the socket is closing or closed. What the client sends is read and dropped. Of a source that fails the client hears the code in the close; what should not have failed
 * rejects besides.
 */
export async function streamInto(socket: WebSocket, { messages, stallMs = STALL_MS }: SocketStream): Promise<void> {
  const over = new AbortController();
  const stop = (): void => over.abort();
  socket.once('close', stop);
  try {
    for await (const text of messages(over.signal)) {
      if (over.signal.aborted) return;
      if (!(await taken(socket, text, stallMs))) return void socket.terminate();
    }
    socket.close(FINISHED);
  } catch (problem) {
    const fault = shownFault(problem);
    if (!over.signal.aborted) socket.close(FAILED, fault.code);
    if (fault.kind === 'internal') throw problem;
  } finally {
    socket.off('close', stop);
    stop();
  }
}

/** True at once while there is room, else when what was sent has left. False: the client is gone, or took nothing for so long. */
function taken(socket: WebSocket, text: string, stallMs: number): boolean | Promise<boolean> {
  if (socket.readyState !== socket.OPEN) return false;
  if (socket.bufferedAmount <= HIGH) {
    socket.send(text);
    return true;
  }
  return new Promise((resolve) => {
    const settle = (gone: boolean): void => {
      clearTimeout(stalled);
      socket.off('close', onClose);
      resolve(!gone);
    };
    const onClose = (): void => settle(true);
    const stalled = setTimeout(() => settle(true), stallMs);
    socket.once('close', onClose);
    socket.send(text, (problem) => settle(problem != null));
  });
}
