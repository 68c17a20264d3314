import { countedAddress, DIRECT, Proxies } from '../../src/surfaces/http/proxies';

const arrival = (remoteAddress: string | undefined, headers: Record<string, string> = {}) => ({ headers, socket: { remoteAddress } });
const behind = new Proxies(['10.0.0.0/8', '127.0.0.1', 'fd00::/8']);

describe('the address of a client', () => {
  it('is that of the connection while no proxy is trusted, whatever a header says', () => {
    expect(DIRECT.addressOf(arrival('203.0.113.9', { 'x-forwarded-for': '198.51.100.1' }))).toBe('203.0.113.9');
    expect(behind.addressOf(arrival('203.0.113.9', { 'x-forwarded-for': '198.51.100.1' }))).toBe('203.0.113.9');
  });

  it.each([
    ['10.1.2.3', '198.51.100.1', '198.51.100.1'],
    ['::ffff:10.1.2.3', '198.51.100.1', '198.51.100.1'],
    ['fd00::1', '2001:db8::7', '2001:db8::7'],
    ['10.1.2.3', '192.0.2.66, 198.51.100.1, 10.9.9.9', '198.51.100.1'],
    ['10.1.2.3', '198.51.100.1:4711', '198.51.100.1'],
    ['10.1.2.3', '10.7.7.7', '10.7.7.7'],
    ['10.1.2.3', 'unknown', '10.1.2.3'],
    ['10.1.2.3', '', '10.1.2.3'],
  ])('from %s with X-Forwarded-For %s is %s', (remote, forwarded, address) => {
    expect(behind.addressOf(arrival(remote, { 'x-forwarded-for': forwarded }))).toBe(address);
  });

  it('is unknown when the connection is gone', () => {
    expect(behind.addressOf(arrival(undefined, { 'x-forwarded-for': '198.51.100.1' }))).toBeNull();
  });

  it('is counted by the network of one machine', () => {
    expect(countedAddress('203.0.113.9')).toBe('203.0.113.9');
    expect(countedAddress('2001:db8:1:2:3:4:5:6')).toBe('2001:db8:1:2::/64');
    expect(countedAddress('2001:0DB8::7')).toBe('2001:db8:0:0::/64');
    expect(countedAddress('fe80::1%eth0')).toBe('fe80:0:0:0::/64');
  });
});

describe('https', () => {
  it('is believed of a trusted proxy alone', () => {
    const secure = { 'x-forwarded-proto': 'https' };
    expect(behind.isSecure(arrival('127.0.0.1', secure))).toBe(true);
    expect(behind.isSecure(arrival('127.0.0.1', { 'x-forwarded-proto': 'http' }))).toBe(false);
    expect(behind.isSecure(arrival('127.0.0.1'))).toBe(false);
    expect(behind.isSecure(arrival('203.0.113.9', secure))).toBe(false);
    expect(DIRECT.isSecure(arrival('127.0.0.1', secure))).toBe(false);
  });
});
