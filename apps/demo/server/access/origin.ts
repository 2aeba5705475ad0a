import { isIP } from "node:net";

import { isLoopbackHost, plainHost } from "../settings/loopback.js";

/** Where this server is reached. */
export type OwnAddress = {
  /** The host it listens at. */
  host: string;
  /** The port it got; asked at every request, since it is known only once the server listens. */
  port: () => number;
  /** Further names, at any port: behind a proxy the port is not ours. */
  publicHosts: readonly string[];
};

/** What a request says about where it comes from. */
export type OriginHeaders = {
  host: string | undefined;
  origin: string | undefined;
  /** `sec-fetch-site`, which browsers send and pages cannot change. */
  site: string | undefined;
};

export type OriginVerdict = { ok: true } | { ok: false; code: "bad_host" | "bad_origin"; message: string };

/**
 * Whether a request is for this server, and comes from its own page or from no page at all. A page elsewhere may have its
 * name point at this address (DNS rebinding): its requests then come here, with its own name as their host.
 */
export function checkOrigin(
  { host, origin, site }: OriginHeaders,
  own: OwnAddress,
  /** Other pages that may come, as their browsers name them. */
  origins: readonly string[] = [],
): OriginVerdict {
  const asked = host === undefined ? undefined : readHost(host);
  if (!asked || !isOwnHost(asked, own)) {
    const message =
      "this server does not go by the name in the host header; start it with --public-host NAME to allow it";
    return { ok: false, code: "bad_host", message };
  }
  if (origin !== undefined && origins.includes(origin)) return { ok: true };
  const isOwnPage = origin === undefined || isSameOrigin(origin, asked);
  // "none" is an address that was typed or a bookmark.
  if (!isOwnPage || !["same-origin", "none", undefined].includes(site)) {
    const message = "this is for the page of this server alone, and the request comes from another";
    return { ok: false, code: "bad_origin", message };
  }
  return { ok: true };
}

type Host = { name: string; port: number | undefined };

function isOwnHost({ name, port }: Host, { host, port: ownPort, publicHosts }: OwnAddress): boolean {
  if (publicHosts.some((each) => plainHost(each) === name)) return true;
  if ((port ?? 80) !== ownPort()) return false;
  const isWildcard = host === "0.0.0.0" || host === "::";
  // An address cannot be pointed elsewhere, so that no page can pass as one.
  return isLoopbackHost(name) || name === plainHost(host) || (isWildcard && isIP(name) !== 0);
}

function isSameOrigin(origin: string, asked: Host): boolean {
  const url = /^https?:\/\//i.test(origin) && URL.canParse(origin) ? new URL(origin) : undefined;
  if (!url || url.origin !== origin.toLowerCase()) return false;
  const theirs = readHost(url.host);
  const standard = url.protocol === "https:" ? 443 : 80;
  // Behind a proxy that ends TLS the host header may lack the port of https.
  return theirs?.name === asked.name && (theirs.port ?? standard) === (asked.port ?? standard);
}

/** "localhost:4400", "[::1]:4400", "example.com". */
function readHost(text: string): Host | undefined {
  const [, bracketed, name = bracketed, port] =
    /^(?:(\[[0-9a-f:.]{2,45}\])|([a-z0-9._-]{1,253}))(?::([0-9]{1,5}))?$/i.exec(text) ?? [];
  if (name === undefined) return undefined;
  return { name: plainHost(name), port: port === undefined ? undefined : Number(port) };
}
