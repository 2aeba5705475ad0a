import type { StandardLoggingPayloadEmit } from "@waybill/core";

import { isHash, tagsOf, traceIdOf, userAgentTags } from "./identity.js";
import type { Losses } from "./losses.js";
import { isMembers, membersOf, textOf, type Members } from "./members.js";
import { memberTypes, typed } from "./typed-members.js";

type Payload = StandardLoggingPayloadEmit;

/** For whom a call was made, as a record holds it. */
export type Caller = {
  traceId: string;
  sessionId: string | undefined;
  traceparent: string | undefined;
  endUser: string | undefined;
  userAgent: string | undefined;
  ipAddress: string | undefined;
  tags: string[];
  metadata: Payload["metadata"];
};

/** What the context of a call says, and its request where the context is silent. */
export function callerOf(
  context: Members,
  request: Members,
  settings: { isLitellm: boolean; fillIds: boolean; newId: () => string },
  losses: Losses,
): Caller {
  const { isLitellm, fillIds, newId } = settings;
  const given = typed(membersOf(context.proxyMetadata), memberTypes.metadata, losses, "proxyMetadata");
  const traceparent = textOf(context.traceparent);
  const [traceId, session] = [textOf(context.traceId) ?? traceIdOf(traceparent), textOf(context.sessionId)];
  const endUser = textOf(context.userId) ?? textOf(given.user_api_key_end_user_id) ?? textOf(request.user);
  const userAgent = textOf(context.userAgent) ?? textOf(given.user_agent);
  const ipAddress = textOf(context.ipAddress) ?? textOf(given.requester_ip_address);
  const tags = tagsOf(context);
  if (isLitellm && userAgent !== undefined) tags.push(...userAgentTags(userAgent));
  return {
    // LiteLLM lets the session stand for the trace.
    traceId: traceId ?? (fillIds || isLitellm ? session : undefined) ?? newId(),
    sessionId: session ?? (fillIds ? traceId : undefined),
    traceparent,
    endUser,
    userAgent,
    ipAddress,
    tags,
    metadata: {
      ...emptyMetadata,
      ...given,
      user_api_key_hash: hashOf(context.key ?? given.user_api_key_hash, losses),
      user_api_key_team_id: textOf(context.team) ?? textOf(given.user_api_key_team_id) ?? null,
      user_api_key_end_user_id: endUser ?? null,
      requester_metadata: isMembers(context.metadata)
        ? context.metadata
        : isMembers(given.requester_metadata)
          ? given.requester_metadata
          : null,
      requester_ip_address: ipAddress ?? null,
      ...(userAgent === undefined ? {} : { user_agent: userAgent }),
    },
  };
}

/** A key that is no hash may be the key itself. */
function hashOf(key: unknown, losses: Losses): string | null {
  if (key === undefined || key === null || key === "") return null;
  if (typeof key === "string" && isHash(key)) return key;
  losses.add("context.key, which is no SHA-256");
  return null;
}

const emptyMetadata = {
  user_api_key_hash: null,
  user_api_key_alias: null,
  user_api_key_team_id: null,
  user_api_key_org_id: null,
  user_api_key_user_id: null,
  user_api_key_team_alias: null,
  user_api_key_user_email: null,
  spend_logs_metadata: null,
  requester_ip_address: null,
  requester_metadata: null,
  user_api_key_end_user_id: null,
  prompt_management_metadata: null,
  applied_guardrails: [],
  mcp_tool_call_metadata: null,
  vector_store_request_metadata: null,
};
