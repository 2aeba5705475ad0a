import { createCostEngine, type CostEngine } from "@waybill/cost";
import { catalog } from "@waybill/cost/catalog";

let engine: CostEngine | undefined;

/** One engine with the whole catalog, for all that do not bring their own. A shard is parsed when a model is looked for. */
export function defaultEngine(): CostEngine {
  return (engine ??= createCostEngine({ catalog }));
}
