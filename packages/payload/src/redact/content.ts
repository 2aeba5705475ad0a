import { isMembers, listOf, membersOf, type Members } from "../members.js";

/*
 * LiteLLM's redaction of messages, and what LiteLLM forgets: what is said goes, what was counted stays. Where the format is
 * open, members stay that are known to hold no content, and any other becomes null.
 */

/** What stands for content, by LiteLLM's convention. */
export const marker = "redacted-by-litellm";

/** A payload without the words of its prompt, its answer and its errors. */
export function withoutContent(payload: Members): Members {
  const copy: Members = { ...payload };
  if (payload.messages !== undefined && payload.messages !== null)
    copy.messages = [{ role: "user", content: marker }];
  if (payload.response !== undefined && payload.response !== null)
    copy.response = withoutAnswer(payload.response);
  mark(copy, ["error_str"]);
  replace(copy, "error_information", (error) => mark({ ...error }, ["error_message", "traceback"]));
  replace(copy, "response_cost_failure_debug_info", (info) => mark({ ...info }, ["traceback_str"]));
  replace(copy, "model_parameters", (parameters) =>
    "prediction" in parameters ? { ...parameters, prediction: null } : parameters,
  );
  replace(copy, "metadata", withoutQuotes);
  replace(copy, "waybill", withoutWords);
  const { guardrail_information: guardrails } = payload;
  if (Array.isArray(guardrails)) copy.guardrail_information = guardrails.map(guardrail);
  else if (isMembers(guardrails)) copy.guardrail_information = guardrail(guardrails);
  return copy;
}

function withoutAnswer(response: unknown): unknown {
  if (typeof response === "string") return marker;
  if (!isMembers(response)) return { text: marker };
  if ("output" in response) return responsesAnswer(response);
  return "choices" in response ? chatAnswer(response) : { text: marker };
}

const chatMembers = "id object created model model_first usage system_fingerprint service_tier provider";
const choiceMembers = "index finish_reason native_finish_reason";
const messageMembers = "role name reasoning_source";

function chatAnswer(response: Members): Members {
  const answer = keepOnly(response, chatMembers);
  answer.choices = Array.isArray(response.choices) ? response.choices.map(choiceWithout) : null;
  return answer;
}

function choiceWithout(choice: unknown): unknown {
  if (!isMembers(choice)) return null;
  const copy = keepOnly(choice, choiceMembers);
  for (const name of ["message", "delta"])
    if (isMembers(choice[name])) copy[name] = messageWithout(choice[name]);
  return mark(copy, ["text"], choice);
}

function messageWithout(message: Members): Members {
  const copy = keepOnly(message, messageMembers);
  mark(copy, ["content", "refusal", "reasoning_content", "reasoning"], message);
  if (Array.isArray(message.tool_calls)) copy.tool_calls = message.tool_calls.map(toolCallWithout);
  if (isMembers(message.function_call)) copy.function_call = functionWithout(message.function_call, false);
  return copy;
}

function toolCallWithout(call: unknown): unknown {
  if (!isMembers(call)) return null;
  const copy = keepOnly(call, "id type index");
  // LiteLLM writes the marker even where there are no arguments.
  if (isMembers(call.function)) copy.function = functionWithout(call.function, true);
  if (isMembers(call.custom)) copy.custom = mark(keepOnly(call.custom, "name"), ["input"], call.custom);
  return copy;
}

function functionWithout(called: Members, always: boolean): Members {
  const copy = keepOnly(called, "name");
  if (always || "arguments" in called) copy.arguments = marker;
  return copy;
}

const responsesMembers =
  "id object created created_at completed_at model status usage tools tool_choice temperature top_p max_output_tokens " +
  "max_tool_calls parallel_tool_calls previous_response_id service_tier store truncation text top_logprobs background " +
  "incomplete_details user safety_identifier prompt_cache_key prompt_cache_retention conversation billing";
const itemMembers = "type id status role name call_id server_label namespace phase container_id";
/** Members of output items that hold content and are text, so that a reader sees that there was some. */
const itemTexts = ["text", "refusal", "code", "result"];

function responsesAnswer(response: Members): Members {
  const answer = keepOnly(response, responsesMembers);
  answer.output = Array.isArray(response.output) ? response.output.map(itemWithout) : null;
  return mark(answer, ["instructions", "output_text"], response);
}

function itemWithout(item: unknown): unknown {
  if (!isMembers(item)) return null;
  const copy = mark(keepOnly(item, itemMembers), itemTexts, item);
  for (const name of ["arguments", "input"]) if (name in item) copy[name] = marker;
  mark(copy, ["output"], item);
  for (const name of ["content", "summary"])
    if (Array.isArray(item[name])) copy[name] = item[name].map(partWithout);
  return copy;
}

function partWithout(part: unknown): unknown {
  return isMembers(part) ? mark(keepOnly(part, "type"), ["text", "refusal"], part) : null;
}

/** Members of a router's decision that quote the prompt. */
const quotes = new Set(["signals", "matched_keyword", "escalation_keyword"]);

/** What the caller passed, and what quotes the prompt. */
function withoutQuotes(metadata: Members): Members {
  const copy = { ...metadata };
  replace(copy, "requester_metadata", (pairs) =>
    Object.fromEntries(Object.entries(pairs).map(([name, value]) => [name, value === null ? null : marker])),
  );
  replace(copy, "prompt_management_metadata", (prompt) => ({ ...prompt, prompt_variables: null }));
  replace(copy, "mcp_tool_call_metadata", (call) => ({ ...call, arguments: null, result: null }));
  replace(copy, "routing_decision", (decision) =>
    Object.fromEntries(Object.entries(decision).filter(([name]) => !quotes.has(name))),
  );
  const { vector_store_request_metadata: searches } = metadata;
  if (Array.isArray(searches))
    copy.vector_store_request_metadata = searches.map((search: unknown) =>
      mark({ ...membersOf(search), vector_store_search_response: null }, ["query"]),
    );
  if (metadata.guardrail_information) copy.guardrail_information = null;
  return copy;
}

function guardrail(entry: unknown): unknown {
  return mark({ ...membersOf(entry) }, [
    "guardrail_request",
    "guardrail_response",
    "match_details",
    "classification",
  ]);
}

/** Diagnostics quote the stream and attempts the provider's errors; codes and counts stay. */
function withoutWords(waybill: Members): Members {
  return {
    ...waybill,
    diagnostics: listOf(waybill.diagnostics).map((item) => mark({ ...membersOf(item) }, ["message"])),
    attempts: listOf(waybill.attempts).map((item) => mark({ ...membersOf(item) }, ["error"])),
  };
}

/** The members that are named; of any other, what has something in it becomes null. */
function keepOnly(members: Members, names: string): Members {
  const kept = new Set(names.split(" "));
  return Object.fromEntries(
    Object.entries(members).map(([name, value]) => [name, kept.has(name) ? value : null]),
  );
}

/** Writes the marker into `copy` wherever `from` has something: null, absent and "" stay what they are. */
function mark(copy: Members, names: readonly string[], from: Members = copy): Members {
  for (const name of names) {
    const value = from[name];
    if (value !== undefined) copy[name] = value === null || value === "" ? value : marker;
  }
  return copy;
}

function replace(copy: Members, name: string, change: (members: Members) => Members): void {
  if (isMembers(copy[name])) copy[name] = change(copy[name]);
}
