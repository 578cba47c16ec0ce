import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { isWithinReach, literalOutOfReach } from '../../lambdas/contract/address-class.ts';

describe('an address of the internet', () => {
  test.each([
    '8.8.8.8',
    '1.1.1.1',
    '52.95.110.1',
    '172.15.255.255',
    '172.32.0.0',
    '100.63.255.255',
    '100.128.0.0',
    '223.255.255.255',
    '2606:4700:4700::1111',
    '2a05:d018::1',
    '::ffff:8.8.8.8',
    // What a resolver with DNS64 makes of an IPv4 address.
    '64:ff9b::808:808',
  ])('is within reach of every route: %s', (address) => {
    expect(isWithinReach(address, 'internet')).toBe(true);
    expect(isWithinReach(address, 'private-network')).toBe(true);
  });
});

describe('an address of a private network', () => {
  test.each([
    ['private', '10.0.0.1'],
    ['private', '172.16.0.1'],
    ['private', '172.31.255.255'],
    ['private', '192.168.1.1'],
    ['loopback', '127.0.0.1'],
    ['loopback', '127.255.255.254'],
    ['loopback', '::1'],
    ['carrier-grade NAT', '100.64.0.1'],
    ['carrier-grade NAT', '100.127.255.255'],
    ['unique local', 'fd12:3456:789a::1'],
    ['private, mapped into IPv6', '::ffff:10.0.0.1'],
    ['private, mapped into IPv6', '::ffff:a00:1'],
    ['loopback, mapped into IPv6', '0:0:0:0:0:ffff:7f00:1'],
    ['private, translated by NAT64', '64:ff9b::a00:1'],
  ])('that is %s is within reach only where the route says so: %s', (_class, address) => {
    expect(isWithinReach(address, 'internet')).toBe(false);
    expect(isWithinReach(address, 'private-network')).toBe(true);
  });
});

describe('an address that is no endpoint', () => {
  test.each([
    ['instance metadata', '169.254.169.254'],
    ['instance metadata', 'fd00:ec2::254'],
    ['instance metadata, mapped into IPv6', '::ffff:169.254.169.254'],
    ['instance metadata, translated by NAT64', '64:ff9b::a9fe:a9fe'],
    ['credentials of a container', '169.254.170.2'],
    ['link-local', '169.254.0.1'],
    ['link-local', 'fe80::1'],
    ['link-local, with a zone', 'fe80::1%eth0'],
    ['multicast', '224.0.0.1'],
    ['multicast', 'ff02::1'],
    ['broadcast', '255.255.255.255'],
    ['unspecified', '0.0.0.0'],
    ['of "this network"', '0.1.2.3'],
    ['unspecified', '::'],
    ['for documentation', '192.0.2.1'],
    ['for documentation', '203.0.113.9'],
    ['for documentation', '2001:db8::1'],
    ['for benchmarks', '198.18.0.1'],
    ['reserved', '192.0.0.8'],
    ['reserved', '240.0.0.1'],
    ['reserved', '4000::1'],
    ['6to4 of a private one', '2002:a00:1::1'],
    ['6to4', '2002:808:808::1'],
    ['Teredo', '2001::1'],
    ['IPv4 mapped by SIIT', '::ffff:0:10.0.0.1'],
    ['IPv4-compatible metadata', '::169.254.169.254'],
    ['NAT64 of somebody’s own', '64:ff9b:1::a00:1'],
    ['site-local', 'fec0::1'],
    ['discarded', '100::1'],
    ['no address at all', 'crm.example'],
    ['no address at all', ''],
    ['not in the form that a resolver returns', '0x7f.1'],
    ['not in the form that a resolver returns', '010.0.0.1'],
  ])('is out of reach of every route: %s, %s', (_class, address) => {
    expect(isWithinReach(address, 'internet')).toBe(false);
    expect(isWithinReach(address, 'private-network')).toBe(false);
  });

  test('is not made one by wrapping it into IPv6', () => {
    fc.assert(
      fc.property(fc.ipV4(), fc.constantFrom('internet' as const, 'private-network' as const), (address, reach) => {
        for (const prefix of ['::ffff:', '64:ff9b::']) {
          expect(isWithinReach(`${prefix}${address}`, reach)).toBe(isWithinReach(address, reach));
        }
      }),
    );
  });

  test('is told for any text and any address', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.ipV4(), fc.ipV4Extended(), fc.ipV6()), (address) => {
        if (isWithinReach(address, 'internet')) expect(isWithinReach(address, 'private-network')).toBe(true);
      }),
    );
  });
});

describe('a URL with an address for a host', () => {
  test.each([
    ['in decimal', 'http://2130706433/', '127.0.0.1'],
    ['in octal', 'http://0177.0.0.01/', '127.0.0.1'],
    ['in hexadecimal', 'http://0x7f000001/', '127.0.0.1'],
    ['with parts left out', 'http://127.1/', '127.0.0.1'],
    ['in several forms at once', 'http://0xa9.254.0251.254/', '169.254.169.254'],
    ['percent-encoded', 'http://%31%30.0.0.1/', '10.0.0.1'],
    ['in full-width digits', 'http://１２７.０.０.１/', '127.0.0.1'],
    ['in IPv6', 'http://[::1]/', '::1'],
    ['mapped into IPv6', 'http://[::ffff:10.0.0.1]/', '::ffff:a00:1'],
  ])('is out of reach, whatever its form: %s', (_form, url, address) => {
    expect(literalOutOfReach(new URL(url), 'internet')).toBe(address);
  });

  test('is within reach where the address is', () => {
    expect(literalOutOfReach(new URL('https://8.8.8.8/'), 'internet')).toBeUndefined();
    expect(literalOutOfReach(new URL('http://[fd12::1]/'), 'private-network')).toBeUndefined();
  });

  test('is another matter than one with a name, which is only told by its lookup', () => {
    expect(literalOutOfReach(new URL('https://localhost/'), 'internet')).toBeUndefined();
  });
});
