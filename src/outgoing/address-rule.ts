/**
 * Where calls to addresses that a user gave may go (design: security). Only to public addresses, unless the operator allows private networks: else a webhook would be a way
 * to make Everthread speak to the machines behind its firewall, and to the metadata service of its cloud.
 */
import ipaddr from 'ipaddr.js';
import { Fault } from '../errors/fault';

/** Characters of a URL. */
export const URL_MAX = 2_048;

/** Whether the address belongs to the public internet. Forms of IPv6 that carry an IPv4 address are private unless that one is public. */
export function isPublicAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.process(address);
  return parsed.range() === 'unicast';
}

const literalOf = ({ hostname }: URL): string | null => {
  const host = hostname.replace(/^\[|\]$/g, '');
  return ipaddr.isValid(host) ? host : null;
};

/** Names that mean this machine, or a network of this place only, whatever they resolve to. */
const LOCAL_NAME = /(?:^|\.)(?:localhost|local|internal)\.?$/i;

export interface AddressRule {
  readonly allowPrivate: boolean;
}

/** Why a URL may not be called, as far as the URL itself says; null when it may. What its name resolves to is looked at when it is called. */
export function urlProblem(given: string, { allowPrivate }: AddressRule): string | null {
  if (given.length > URL_MAX) return `expected at most ${URL_MAX} characters`;
  if (!URL.canParse(given)) return 'expected a URL such as https://example.com/hook';
  const url = new URL(given);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return 'expected a URL that starts with https:// or http://';
  if (url.username !== '' || url.password !== '') return 'expected a URL without user name and password';
  if (allowPrivate) return null;
  const literal = literalOf(url);
  if (literal === null ? LOCAL_NAME.test(url.hostname) : !isPublicAddress(literal))
    return 'expected a public address; EVERTHREAD_ALLOW_PRIVATE_NETWORKS=true allows private ones';
  return null;
}

/** Fault `outgoing.address_refused` (invalid): tried again it would be refused again. */
export const addressRefused = (reason: string): Fault => new Fault('invalid', 'outgoing.address_refused', reason, {});

/** Fault `outgoing.address_refused` for a URL that may not be called. */
export function assertMayCall(url: string, rule: AddressRule): void {
  const problem = urlProblem(url, rule);
  if (problem !== null) throw addressRefused(`The address may not be called: ${problem}.`);
}
