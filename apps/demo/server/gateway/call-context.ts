import type { CallContext } from "@waybill/payload";

import type { Caller } from "./parts.js";

/** What is known of a call before it is sent; these two have a value always. */
export type GatewayContext = CallContext & { callId: string; traceId: string };

/** Headers that name a thing, ours before LiteLLM's. */
const names = {
  traceId: ["x-waybill-trace-id", "x-litellm-trace-id"],
  sessionId: ["x-waybill-session", "x-litellm-session-id"],
  userId: ["x-waybill-user", "x-litellm-end-user-id"],
  name: ["x-waybill-name"],
  team: ["x-waybill-team"],
} as const;

const TRACEPARENT = /^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}/;

/** For whom a call is made, by its headers and its key. */
export function callContext(
  headers: Headers,
  caller: Caller,
  {
    callId,
    tags = [],
    address,
  }: { callId: string; tags?: readonly string[] | undefined; address: string | undefined },
): GatewayContext {
  const traceparent = headers.get("traceparent") ?? undefined;
  const read = (member: keyof typeof names): string | undefined =>
    names[member].map((name) => headers.get(name)?.trim()).find((text) => text !== undefined && text !== "");
  const told = `${headers.get("x-waybill-tags") ?? ""},${headers.get("x-litellm-tags") ?? ""}`;
  const traceId = read("traceId") ?? TRACEPARENT.exec(traceparent ?? "")?.[1] ?? callId.replaceAll("-", "");
  return {
    callId,
    traceId,
    sessionId: read("sessionId"),
    userId: read("userId"),
    name: read("name"),
    team: read("team"),
    traceparent,
    tags: [...new Set([...tags, ...told.split(",").map((tag) => tag.trim())])].filter((tag) => tag !== ""),
    userAgent: headers.get("user-agent") ?? undefined,
    ipAddress: address,
    key: caller.hash ?? undefined,
    proxyMetadata: {
      ...(caller.alias === null ? {} : { user_api_key_alias: caller.alias }),
      ...(caller.lastFour === null ? {} : { user_api_key_auth_metadata: { last_four: caller.lastFour } }),
    },
  };
}
