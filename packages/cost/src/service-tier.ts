import type { TierName } from "./catalog/format.js";
import { membersOf, type Members } from "./usage/counts.js";

/** What served a call: a tier with rates of its own, a batch, the standard tier, or a name that is not known. */
export type ServedTier = { tier?: TierName; isBatch?: boolean; unknown?: string };

const standard: ServedTier = {};

const tiers: Readonly<Record<string, ServedTier>> = {
  "": standard,
  auto: standard,
  default: standard,
  standard,
  standard_only: standard,
  scale: standard,
  on_demand: standard,
  priority: { tier: "priority" },
  fast: { tier: "priority" },
  on_demand_priority: { tier: "priority" },
  flex: { tier: "flex" },
  on_demand_flex: { tier: "flex" },
  ultrafast: { tier: "ultrafast" },
  batch: { isBatch: true },
};

/**
 * The tier that served a call: what the caller says, unless that is "auto", then what the response and the usage say. Of Gemini that is
 * the `trafficType`, whose batches are charged as flex.
 */
export function servedTier(given: unknown, response: unknown, raw: Members): ServedTier {
  const isSaid = typeof given === "string" && given.toLowerCase() !== "auto" && given !== "";
  const said = isSaid ? given : (membersOf(response).service_tier ?? raw.service_tier);
  if (typeof said === "string" && said !== "") {
    const name = said.toLowerCase();
    return Object.hasOwn(tiers, name) ? (tiers[name] as ServedTier) : { unknown: said };
  }
  const { trafficType } = raw;
  if (typeof trafficType !== "string") return standard;
  const name = trafficType.toLowerCase();
  if (name === "batch") return { tier: "flex" };
  return Object.hasOwn(tiers, name) ? (tiers[name] as ServedTier) : standard;
}
