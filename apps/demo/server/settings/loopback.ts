import { isIPv4 } from "node:net";

/** A host name as it is compared: small letters, no brackets around an address of IPv6. */
export function plainHost(host: string): string {
  const small = host.toLowerCase();
  return small.startsWith("[") && small.endsWith("]") ? small.slice(1, -1) : small;
}

/**
 * Whether a host is this machine and nobody else's: localhost, 127.0.0.0/8 or ::1. Other spellings ("127.1", "0x7f.1",
 * "::ffff:127.0.0.1") are not: who needs one of them is asked for an admin token.
 */
export function isLoopbackHost(host: string): boolean {
  const name = plainHost(host);
  return name === "localhost" || name === "::1" || (isIPv4(name) && name.startsWith("127."));
}
