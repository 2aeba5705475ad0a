import { openai } from "./openai.js";
import type { Shard } from "./shard.js";

/** Every provider of the catalog. Import `@waybill/cost/catalog/<provider>` for one alone. */
export const catalog: Shard[] = [openai];
export type { Shard };
