import { catalog as shards } from "../generated/index.js";
import type { Shard } from "./shard.js";

/** Every shard of the catalog, in the order in which names are looked up. `@waybill/cost/catalog/<provider>` has one. */
export const catalog: Shard[] = shards;
export type { Shard };
