import { BlockList, isIP } from 'node:net';

/**
 * Whether an address lies in one of the networks. IPv4 within IPv6 (`::ffff:192.0.2.1`, as a dual-stack socket names its
 * peer) counts as IPv4. A network that cannot be read holds nobody.
 */
export function isInNetworks(address: string, networks: readonly string[]): boolean {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '');
  const family = isIP(plain);
  if (family === 0) return false;
  const list = new BlockList();
  for (const network of networks) {
    const [base = '', length] = network.split('/');
    const of = isIP(base);
    const bits = Number(length);
    if (of !== 0 && bits <= (of === 4 ? 32 : 128)) list.addSubnet(base, bits, of === 4 ? 'ipv4' : 'ipv6');
  }
  return list.check(plain, family === 4 ? 'ipv4' : 'ipv6');
}
