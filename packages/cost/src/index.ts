export { audit, type AuditCause, type AuditClaim, type AuditReport } from "./audit.js";
export type { LitellmEntry } from "./catalog/litellm-entry.js";
export type { PricedModel, Resolution } from "./catalog/models.js";
export type { Interval, Rates, Shard } from "./catalog/shard.js";
export { createCostEngine, type CostEngine, type CostEngineOptions, type PriceRequest } from "./engine.js";
export { addExact, compareExact, subtractExact, sumExact } from "./exact.js";
export { explain } from "./explain.js";
export { normalizeUsage } from "./usage.js";
