import type { Losses } from "./losses.js";
import { isMembers, type Members } from "./members.js";
import { amount, either, flag, listOfAll, members, text, type Reader } from "./shapes.js";

/*
 * Objects of which the payload's schema knows some members. Those are held to their types, and any other is kept.
 */

/** What is known of members, by name. Each may also be null. */
export type MemberTypes = Readonly<Record<string, Reader<unknown>>>;

/** The members without those that are not of their type, each of which is named in `losses`. */
export function typed(value: Members, types: MemberTypes, losses: Losses, where: string): Members {
  const kept: [string, unknown][] = [];
  for (const [name, member] of Object.entries(value)) {
    if (member === undefined) continue;
    const reader = Object.hasOwn(types, name) ? types[name] : undefined;
    const read = reader && member !== null ? reader(member) : member;
    if (read === undefined) losses.add(`${where}.${name}, which is of another type`);
    else kept.push([name, read]);
  }
  return Object.fromEntries(kept);
}

function named(reader: Reader<unknown>, names: string): MemberTypes {
  return Object.fromEntries(names.split(" ").map((name) => [name, reader]));
}

/** An object whose members must all be of their types. */
function whole(types: MemberTypes): Reader<Members> {
  return (value) => {
    if (!isMembers(value)) return undefined;
    const isWrong = ([name, member]: [string, unknown]) =>
      Object.hasOwn(types, name) &&
      member !== null &&
      member !== undefined &&
      types[name]?.(member) === undefined;
    return Object.entries(value).some(isWrong) ? undefined : value;
  };
}

/**
 * What is known of the payload's metadata and of an entry of `guardrail_information`. Made in one go, so that a bundler can
 * leave it out.
 */
export const memberTypes = /* @__PURE__ */ makeMemberTypes();

function makeMemberTypes(): { metadata: MemberTypes; guardrail: MemberTypes } {
  const toolCall = whole({
    ...named(
      text,
      "name mcp_server_name mcp_server_logo_url namespaced_tool_name mcp_session_id mcp_auth_mode mcp_server_resource",
    ),
    ...named(members, "arguments result"),
    mcp_server_cost_info: whole({ default_cost_per_query: amount, tool_name_to_cost_per_query: members }),
  });

  const vectorStoreRequest = whole({
    ...named(text, "vector_store_id custom_llm_provider query"),
    ...named(amount, "start_time end_time"),
    vector_store_search_response: members,
  });

  const prompt: Reader<Members> = (value) =>
    isMembers(value) &&
    typeof value.prompt_id === "string" &&
    typeof value.prompt_integration === "string" &&
    (value.prompt_variables === null || isMembers(value.prompt_variables))
      ? value
      : undefined;

  const metadata: MemberTypes = {
    ...named(
      text,
      "user_api_key_hash user_api_key_alias user_api_key_team_id user_api_key_team_alias user_api_key_org_id " +
        "user_api_key_org_alias user_api_key_project_id user_api_key_project_alias user_api_key_user_id " +
        "user_api_key_user_email user_api_key_end_user_id user_api_key_request_route user_api_key_budget_reset_at " +
        "team_id team_alias requester_ip_address user_agent cold_storage_object_key",
    ),
    ...named(
      amount,
      "user_api_key_spend user_api_key_max_budget user_api_key_user_spend user_api_key_user_max_budget " +
        "user_api_key_team_spend user_api_key_team_max_budget",
    ),
    ...named(
      members,
      "user_api_key_auth_metadata spend_logs_metadata requester_metadata requester_custom_headers usage_object routing_decision",
    ),
    prompt_management_metadata: prompt,
    applied_guardrails: listOfAll(text),
    mcp_tool_call_metadata: toolCall,
    vector_store_request_metadata: listOfAll(vectorStoreRequest),
  };

  const list: Reader<unknown[]> = (value) => (Array.isArray(value) ? (value as unknown[]) : undefined);

  const guardrail: MemberTypes = {
    ...named(
      text,
      "guardrail_name guardrail_id guardrail_provider guardrail_status policy_template detection_method guardrail_action",
    ),
    ...named(amount, "start_time end_time duration confidence_score risk_score guardrail_cost"),
    ...named(members, "masked_entity_count guardrail_usage"),
    ...named(listOfAll(text), "alert_recipients violation_categories"),
    guardrail_mode: either<unknown>(text, listOfAll(text), members),
    guardrail_request: either<unknown>(text, members),
    guardrail_response: either<unknown>(text, members, list),
    guardrail_cost_in_spend: flag,
  };

  return { metadata, guardrail };
}
