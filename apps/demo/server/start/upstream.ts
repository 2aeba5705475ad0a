import type { Recording } from "@waybill/core";

import type { Upstream } from "../gateway/parts.js";
import type { Settings } from "../settings/settings.js";
import { createBundledUpstream } from "../upstream/bundled-upstream.js";
import { faultHeader, plainFaultHeader } from "../upstream/demo-fault.js";
import { createHttpFetch } from "../upstream/http-fetch.js";

/** What calls are sent to. */
export function upstreamOf(upstream: Settings["upstream"], recordings: readonly Recording[]): Upstream {
  if (upstream.kind === "real")
    return {
      fetch: createHttpFetch(),
      base: upstream.url,
      ...(upstream.apiKey === null ? {} : { key: upstream.apiKey }),
    };
  return {
    fetch: createBundledUpstream({ recordings }),
    // No name that a network could know.
    base: "http://recordings.invalid/v1",
    // By it the demo's traffic goes wrong now and then. A real API never sees it.
    passHeaders: { [faultHeader]: plainFaultHeader },
  };
}
