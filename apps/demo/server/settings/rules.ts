import { isLoopbackHost, plainHost } from "./loopback.js";
import type { Values } from "./options.js";
import type { SettingsProblem } from "./problem.js";
import type { Settings, Sources } from "./settings.js";

/* What values must hold together. Each rule is a problem or nothing. */

const MIN_TOKEN = 24;
const howToMake = "; make one with: openssl rand -base64 32";

/** Off loopback anybody may knock: without an admin token nothing listens there. */
export function adminTokenProblem(
  { adminToken, isLoopback, host }: Settings,
  _: Values,
  sources: Sources,
): SettingsProblem | undefined {
  if (adminToken === null) {
    if (isLoopback) return undefined;
    const message = `${host} can be reached by others, so an admin token is needed: set WAYBILL_ADMIN_TOKEN, or listen at 127.0.0.1`;
    return { place: sources.host?.place ?? "--host", message: message + howToMake };
  }
  const place = sources.adminToken?.place ?? "WAYBILL_ADMIN_TOKEN";
  // It travels in a header, which holds no other characters.
  if (!/^[\x21-\x7e]*$/.test(adminToken))
    return { place, message: `a token is visible ASCII without blanks${howToMake}` };
  if (adminToken.length < MIN_TOKEN) {
    const message = `a token has at least ${MIN_TOKEN} characters, and this one ${adminToken.length}${howToMake}`;
    return { place, message };
  }
  return undefined;
}

/** Keys and prompts do not travel in the clear unasked. */
export function upstreamProblem(
  { upstream }: Settings,
  { allowHttpUpstream }: Values,
  sources: Sources,
): SettingsProblem | undefined {
  if (upstream.kind !== "real") return undefined;
  const { protocol, hostname } = new URL(upstream.url);
  if (protocol === "https:" || isLoopbackHost(hostname) || allowHttpUpstream) return undefined;
  const message = `${hostname} is not this machine: use https, or allow the clear with --allow-http-upstream`;
  return { place: sources.upstream?.place ?? "--upstream", message };
}

/** Whoever points SDKs at the gateway by OPENAI_BASE_URL, and starts it in the same shell, would make it call itself. */
export function selfProblem(
  { upstream, port, host }: Settings,
  _: Values,
  sources: Sources,
): SettingsProblem | undefined {
  if (upstream.kind !== "real") return undefined;
  const { protocol, hostname, port: theirs } = new URL(upstream.url);
  const isHere = isLoopbackHost(hostname) || plainHost(hostname) === plainHost(host);
  if (!isHere || Number(theirs || (protocol === "https:" ? 443 : 80)) !== port) return undefined;
  const message = `is the address of this gateway, which would call itself; name the real API, or another --port`;
  return { place: sources.upstream?.place ?? "--upstream", message };
}

/** Made-up calls to a real upstream would spend money. */
export function trafficProblem(
  { upstream }: Settings,
  { traffic }: Values,
  sources: Sources,
): SettingsProblem | undefined {
  if (upstream.kind !== "real" || !traffic || sources.traffic?.kind !== "flag") return undefined;
  const { place } = sources.upstream ?? { place: "the configuration" };
  return {
    place: sources.traffic.place,
    message: `is never made for a real upstream, which ${place} asks for; leave one of them out`,
  };
}
