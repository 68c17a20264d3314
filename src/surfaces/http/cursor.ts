/**
 * Cursors of lists: where a page ended, handed to a client and taken back. They are signed, so that only what this system has given out is taken, and only for the list that it was
 * given out for: `purpose` names the list with everything that decides what is in it (tenant, caller, filter).
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { Fault } from '../../errors/fault';

export const CURSOR_MAX = 1_024;
const MAC_BYTES = 16;
const FORM = /^([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)$/;

export class Cursors {
  readonly #key: Uint8Array;

  /** `secret`: the same in all API processes of one system (EVERTHREAD_SECRET_KEY). The key of cursors is made from it and is good for nothing else. */
  constructor(secret: Uint8Array) {
    this.#key = createHmac('sha256', secret).update('everthread cursors 1').digest();
  }

  /** The cursor of a place, which is whatever the list finds its next page by. */
  seal(purpose: readonly unknown[], place: string): string {
    return `${Buffer.from(place, 'utf8').toString('base64url')}.${this.#mac(purpose, place).toString('base64url')}`;
  }

  /** The place of a cursor. Fault `request.cursor` (invalid) for what was changed, made up, or given out for another list. */
  open(purpose: readonly unknown[], cursor: string): string {
    const [, encoded, mac] = FORM.exec(cursor.length > CURSOR_MAX ? '' : cursor) ?? [];
    if (encoded === undefined || mac === undefined) throw refused();
    const place = Buffer.from(encoded, 'base64url').toString('utf8');
    const given = Buffer.from(mac, 'base64url');
    if (given.length !== MAC_BYTES || !timingSafeEqual(given, this.#mac(purpose, place))) throw refused();
    return place;
  }

  #mac(purpose: readonly unknown[], place: string): Buffer {
    return createHmac('sha256', this.#key)
      .update(JSON.stringify([purpose, place]))
      .digest()
      .subarray(0, MAC_BYTES);
  }
}

const refused = (): Fault =>
  new Fault('invalid', 'request.cursor', 'cursor: expected what the page before gave out, with the same filter', {
    ...{ field: 'cursor', reason: 'expected what the page before gave out, with the same filter', in: 'query' },
  });
