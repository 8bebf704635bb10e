import { describe, expect, it } from 'vitest';
import { isInNetworks } from '#gateway/policy/networks.ts';

describe('isInNetworks', () => {
  const networks = ['10.1.0.0/16', '203.0.113.7/32', '2001:db8::/32'];
  it.each(['10.1.255.255', '203.0.113.7', '2001:db8::1', '::ffff:10.1.2.3', '2001:db8::1%eth0'])(
    'holds %s',
    (address) => {
      expect(isInNetworks(address, networks)).toBe(true);
    },
  );
  it.each(['10.2.0.0', '203.0.113.8', '2001:db9::1', '::ffff:10.2.0.1', '', 'nowhere', '10.1.0'])(
    'does not hold %s',
    (address) => {
      expect(isInNetworks(address, networks)).toBe(false);
    },
  );
  it('holds nobody in a network that cannot be read', () => {
    for (const odd of ['10.0.0.0/33', '::/129', '10.0.0/8', '...:/8', 'aa/8']) {
      expect(isInNetworks('10.0.0.1', [odd]), odd).toBe(false);
    }
    expect(isInNetworks('10.0.0.1', ['10.0.0.0/33', '0.0.0.0/0'])).toBe(true);
    expect(isInNetworks('10.0.0.1', [])).toBe(false);
  });
});
