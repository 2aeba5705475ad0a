import { pointer, type SchemaName } from "@waybill/core";

type Members = Record<string, unknown>;

/** A cost that a document states, and the call it states it of. */
export type StatedCost = {
  path: string;
  claimed: number;
  model: string;
  /** Raw usage of the call, in a shape that the normaliser reads; null when the document has none. */
  usage: unknown;
  serviceTier?: string | undefined;
};

/** Every cost that a document states, in the order of the document. Formats that state none have none. */
export function findStatedCosts(schema: SchemaName, document: unknown): StatedCost[] {
  if (schema === "standard-logging-payload") return payloadCosts(membersOf(document));
  if (schema === "langfuse-batch") return batchCosts(membersOf(document));
  if (schema === "chat-completion" || schema === "chat-completion-chunk")
    return completionCosts(membersOf(document));
  return [];
}

function payloadCosts(payload: Members): StatedCost[] {
  const response = membersOf(payload.response);
  const { prompt_tokens, completion_tokens, total_tokens } = payload;
  const call = {
    model: textOf(payload.model) ?? "",
    usage: response.usage ?? { prompt_tokens, completion_tokens, total_tokens },
    serviceTier: textOf(response.service_tier),
  };
  // LiteLLM writes 0 for a cost it does not know, and says so only here.
  const isUnknown = payload.response_cost_failure_debug_info !== null && payload.response_cost === 0;
  return stated(call, [
    ["/response_cost", isUnknown ? undefined : payload.response_cost],
    ["/cost_breakdown/total_cost", membersOf(payload.cost_breakdown).total_cost],
    ["/hidden_params/response_cost", membersOf(payload.hidden_params).response_cost],
  ]);
}

function batchCosts(document: Members): StatedCost[] {
  const batch = Array.isArray(document.batch) ? (document.batch as unknown[]) : [];
  return batch.flatMap((event, index) => {
    const body = membersOf(membersOf(event).body);
    const metadata = membersOf(body.metadata);
    const parameters = membersOf(body.modelParameters);
    const call = {
      model: textOf(body.model) ?? "",
      usage: langfuseUsage(body),
      serviceTier: textOf(parameters.service_tier),
    };
    const path = pointer("/batch", index);
    return stated(call, [
      [`${path}/body/usage/totalCost`, membersOf(body.usage).totalCost],
      [`${path}/body/costDetails/total`, membersOf(body.costDetails).total],
      [`${path}/body/metadata/litellm_response_cost`, metadata.litellm_response_cost],
      [`${path}/body/metadata/hidden_params/response_cost`, membersOf(metadata.hidden_params).response_cost],
    ]);
  });
}

function completionCosts(completion: Members): StatedCost[] {
  const usage = membersOf(completion.usage);
  const call = {
    model: textOf(completion.model) ?? "",
    usage: completion.usage ?? null,
    serviceTier: textOf(completion.service_tier),
  };
  return stated(call, [
    ["/usage/cost", usage.cost],
    ["/usage/cost/total_cost", membersOf(usage.cost).total_cost],
  ]);
}

function stated(
  call: Omit<StatedCost, "path" | "claimed">,
  members: [path: string, value: unknown][],
): StatedCost[] {
  return members.flatMap(([path, claimed]) =>
    typeof claimed === "number" ? [{ path, claimed, ...call }] : [],
  );
}

/**
 * Langfuse's usage in the chat shape. Newer senders leave cached tokens out of `input`, older ones count them in; the
 * total tells which.
 */
function langfuseUsage(body: Members): unknown {
  const details = membersOf(body.usageDetails);
  const usage = membersOf(body.usage);
  const input = details.input ?? usage.input;
  const output = details.output ?? usage.output;
  if (typeof input !== "number" || typeof output !== "number") return null;
  const read = sumOf(details, ["input_cached_tokens", "input_cache_read", "cache_read_input_tokens"]);
  const written = sumOf(details, ["input_cache_creation", "cache_creation_input_tokens"]);
  const isExclusive = details.total === input + output + read + written;
  return {
    prompt_tokens: isExclusive ? input + read + written : input,
    completion_tokens: output,
    prompt_tokens_details: { cached_tokens: read, cache_write_tokens: written },
  };
}

function sumOf(members: Members, names: string[]): number {
  return names
    .map((name) => members[name])
    .reduce<number>((sum, value) => (typeof value === "number" ? sum + value : sum), 0);
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function membersOf(value: unknown): Members {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Members) : {};
}
