import { WaybillError } from "@waybill/core/errors";

import type { HistoryContent, ShardContent } from "./format.js";

/** Prices of one provider, or the history. Opaque text until a price is asked for, so that importing one costs nothing. */
export type Shard = {
  /** The provider, e.g. "openai"; "history" for the prices of the past. */
  readonly id: string;
  /** The shard's JSON. */
  readonly json: string;
};

const parsed = new WeakMap<Shard, ShardContent | HistoryContent>();

/** The content of a shard, parsed once. */
export function readShard(shard: Shard): ShardContent | HistoryContent {
  let content = parsed.get(shard);
  if (!content) {
    content = parse(shard);
    if (content?.schema !== 1) {
      throw new WaybillError(
        "catalog-version",
        `the ${shard.id} catalog has schema ${String(content?.schema)}, not 1`,
      );
    }
    parsed.set(shard, content);
  }
  return content;
}

function parse({ id, json }: Shard): ShardContent | HistoryContent {
  try {
    return JSON.parse(json) as ShardContent | HistoryContent;
  } catch (cause) {
    throw new WaybillError("bad-catalog", `the ${id} catalog is no JSON`, { cause });
  }
}
