/** Two WebSockets as one: what comes in on either goes out on the other, in order, with a bound on what waits in between. */
import { WebSocket, type RawData } from 'ws';

/** Bytes that may wait for the slower side before the faster one is not read any more, and when it is read again. */
const HIGH = 1024 * 1024;
const LOW = 256 * 1024;
/** How long a side may take nothing while it is full. */
const STALL_MS = 30_000;

export interface Joined {
  readonly client: WebSocket;
  /** Paused; it is resumed when both are joined. */
  readonly host: WebSocket;
  readonly toHost: (data: RawData, isBinary: boolean) => { data: string | RawData; binary: boolean };
}

export function join({ client, host, toHost }: Joined): void {
  pump(client, host, toHost);
  pump(host, client, (data, binary) => ({ data, binary }));
  closeTogether(client, host);
  closeTogether(host, client);
  // Errors end in a close.
  host.on('error', () => undefined);
  host.resume();
}

function pump(from: WebSocket, to: WebSocket, translate: Joined['toHost']): void {
  let stalled: NodeJS.Timeout | undefined;
  const relax = (): void => {
    if (to.bufferedAmount > LOW) return;
    clearTimeout(stalled);
    stalled = undefined;
    if (from.readyState === WebSocket.OPEN) from.resume();
  };
  from.on('message', (data, isBinary) => {
    if (to.readyState !== WebSocket.OPEN) return;
    const message = translate(data, isBinary);
    to.send(message.data, { binary: message.binary }, () => {
      if (stalled) relax();
    });
    if (to.bufferedAmount > HIGH && !stalled) {
      from.pause();
      stalled = setTimeout(() => to.terminate(), STALL_MS);
    }
  });
  to.once('close', () => clearTimeout(stalled));
}

/** Codes that a peer may send; the others only say how a socket ended here. */
const sendable = (code: number): boolean => (code >= 1000 && code <= 1014 && ![1004, 1005, 1006].includes(code)) || (code >= 3000 && code <= 4999);

function closeTogether(from: WebSocket, to: WebSocket): void {
  from.once('close', (code, reason) => {
    if (to.readyState === WebSocket.CLOSED) return;
    // A paused socket would never read the close that answers this one.
    to.resume();
    to.close(sendable(code) ? code : 1001, reason.subarray(0, 120));
    const cut = setTimeout(() => to.terminate(), 5_000);
    to.once('close', () => clearTimeout(cut));
  });
}
