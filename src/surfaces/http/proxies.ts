/**
 * Who called, and how, where a proxy stands between. Only what a trusted proxy says is believed: anybody can send `X-Forwarded-For`.
 */
import type { IncomingHttpHeaders } from 'node:http';
import { BlockList, isIP } from 'node:net';

/** Hops that are read of one header. */
const HOPS_MAX = 32;

/** Of a request, what is looked at here. */
export interface Arrival {
  readonly headers: IncomingHttpHeaders;
  readonly socket: { readonly remoteAddress?: string | undefined };
}

const family = (address: string): 'ipv4' | 'ipv6' => (isIP(address) === 6 ? 'ipv6' : 'ipv4');

/** An address in one form: without a port, without the wrapping of an IPv4 address in IPv6. Null for what is none. */
function plainAddress(text: string): string | null {
  if (isIP(text) === 4) return text;
  const bare = /^\[([^\]]+)\](?::\d+)?$/.exec(text)?.[1] ?? /^(\d+\.\d+\.\d+\.\d+):\d+$/.exec(text)?.[1] ?? text;
  const wrapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(bare)?.[1] ?? bare;
  return isIP(wrapped) ? wrapped : null;
}

const listed = (header: string | string[] | undefined): readonly string[] =>
  (Array.isArray(header) ? header.join(',') : (header ?? ''))
    .split(',')
    .slice(-HOPS_MAX)
    .map((part) => part.trim());

export class Proxies {
  readonly #trusted = new BlockList();
  readonly #any: boolean;

  /** Addresses and networks (`10.0.0.0/8`) whose forwarding headers are believed; the configuration lets nothing else in. */
  constructor(networks: readonly string[] = []) {
    this.#any = networks.length > 0;
    for (const network of networks) {
      const [address = '', bits] = network.split('/');
      this.#trusted.addSubnet(address, Number(bits ?? (isIP(address) === 4 ? 32 : 128)), family(address));
    }
  }

  #trusts(address: string | null): boolean {
    return this.#any && address !== null && this.#trusted.check(address, family(address));
  }

  /** The address of the client: of the connection, or the last one in `X-Forwarded-For` that is no trusted proxy. Null when the connection is gone. */
  addressOf({ headers, socket }: Arrival): string | null {
    let address = plainAddress(socket.remoteAddress ?? '');
    if (!this.#any) return address;
    for (const hop of listed(headers['x-forwarded-for']).toReversed()) {
      if (!this.#trusts(address)) break;
      const before = plainAddress(hop);
      // A proxy that forwards what is no address is where the trail ends.
      if (before === null) break;
      address = before;
    }
    return address;
  }

  /** Whether the client came by https: a trusted proxy says so in `X-Forwarded-Proto`. */
  isSecure({ headers, socket }: Arrival): boolean {
    return this.#any && this.#trusts(plainAddress(socket.remoteAddress ?? '')) && listed(headers['x-forwarded-proto']).at(-1)?.toLowerCase() === 'https';
  }
}

/** No proxy is trusted. */
export const DIRECT = new Proxies();

/** Whom a limit of addresses counts: an IPv4 address, or the /64 network in which one machine has as many IPv6 addresses as it wants. */
export function countedAddress(address: string): string {
  if (isIP(address) !== 6) return address;
  const [head = '', tail] = (address.split('%')[0] ?? '').toLowerCase().split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const groups = tail === undefined ? before : [...before, ...Array<string>(Math.max(0, 8 - before.length - after.length)).fill('0'), ...after];
  return `${groups
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':')}::/64`;
}
