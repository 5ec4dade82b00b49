import { BlockList, isIP, isIPv4, isIPv6 } from "node:net";
import { CliError } from "./cli-error.ts";

/** What the administrator opens beyond the public internet: names as they stand in an address, and networks. */
export interface AllowedHosts {
  names: ReadonlySet<string>;
  networks: BlockList;
  hasNetworks: boolean;
}
export const nothingAllowed: AllowedHosts = { names: new Set(), networks: new BlockList(), hasNetworks: false };

/** Not the public internet (IANA special-purpose registry of IPv4, read 2026-11-22; multicast and what is reserved too). */
const specialIPv4 = blockList("ipv4", [
  "0.0.0.0/8",
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.0.0.0/24",
  "192.0.2.0/24",
  "192.31.196.0/24",
  "192.52.193.0/24",
  "192.88.99.0/24",
  "192.168.0.0/16",
  "192.175.48.0/24",
  "198.18.0.0/15",
  "198.51.100.0/24",
  "203.0.113.0/24",
  "224.0.0.0/4",
  "240.0.0.0/4",
]);
/** All that is routed of IPv6 lies in here; what maps, translates or tunnels IPv4 (::ffff:0:0/96, 64:ff9b::/96 …) lies outside of it … */
const globalIPv6 = blockList("ipv6", ["2000::/3"]);
/** … or is one of these: protocol assignments with Teredo, documentation, 6to4, AS112. */
const specialIPv6 = blockList("ipv6", ["2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20"]);

/** Whether an IP address is on the public internet. What is no IP address is not. */
export function isPublicAddress(address: string): boolean {
  if (isIPv4(address)) return !specialIPv4.check(address, "ipv4");
  // A zone (fe80::1%eth0) names an interface of this machine.
  if (!isIPv6(address) || address.includes("%")) return false;
  return globalIPv6.check(address, "ipv6") && !specialIPv6.check(address, "ipv6");
}

/** Whether the administrator opened the network that this address is in. */
export function isInAllowedNetwork(address: string, { networks }: AllowedHosts): boolean {
  if (isIPv4(address)) return networks.check(address, "ipv4");
  return isIPv6(address) && !address.includes("%") && networks.check(address, "ipv6");
}

/** `10.0.0.0/8, localhost, 192.168.1.7`: networks, addresses and host names. Throws what is wrong with it. */
export function parseAllowedHosts(text: string): AllowedHosts {
  const names = new Set<string>();
  const networks = new BlockList();
  let hasNetworks = false;
  for (const [index, entry] of text
    .split(/[\s,]+/)
    .filter(Boolean)
    .entries()) {
    const [address, bits, ...rest] = entry.split("/");
    const family = isIP(address!);
    if (family !== 0 && rest.length === 0 && !entry.includes("%")) {
      const widest = family === 4 ? 32 : 128;
      const prefix = bits === undefined ? widest : /^\d{1,3}$/.test(bits) ? Number(bits) : Number.NaN;
      if (!(prefix <= widest)) throw wrongEntry(index);
      networks.addSubnet(address!, prefix, family === 4 ? "ipv4" : "ipv6");
      hasNetworks = true;
    } else if (/^[a-z0-9_]([a-z0-9_.-]{0,251}[a-z0-9_])?$/i.test(entry) && !/^[\d.]+$/.test(entry))
      names.add(entry.toLowerCase());
    else throw wrongEntry(index);
  }
  return { names, networks, hasNetworks };
}

const wrongEntry = (index: number): CliError =>
  new CliError(
    `SWITCHYARD_WEBHOOK_ALLOW: entry ${index + 1} is neither a network such as 10.0.0.0/8, nor an address, nor a host name.`,
    "Correct it, or unset the variable: then webhooks go to the public internet only.",
    2,
  );

function blockList(family: "ipv4" | "ipv6", networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address, bits] = network.split("/");
    list.addSubnet(address!, Number(bits), family);
  }
  return list;
}
