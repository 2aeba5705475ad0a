import { membersOf } from "../usage/counts.js";
import type { OtherPrice, PricedCall } from "./cause.js";

const DAY = 86_400_000;

/** What a call would cost without the cache that answered it, in another tier, in a batch, or at another time. */
export function otherPrices(call: PricedCall): OtherPrice[] {
  return [...uncachedPrices(call), ...tierPrices(call), ...datedPrices(call)];
}

function uncachedPrices({ engine, request }: PricedCall): OtherPrice[] {
  if (request.cacheHit !== true) return [];
  const words = "and the answer came from the proxy's cache, for nothing";
  return [{ code: "cache-hit-billed", words, result: engine.price({ ...request, cacheHit: false }) }];
}

function tierPrices({ engine, request }: PricedCall): OtherPrice[] {
  const isBatch = request.batch === true || request.serviceTier?.toLowerCase() === "batch";
  const { trafficType } = membersOf(request.usage);
  const said = isBatch ? "batch" : (request.serviceTier ?? trafficType);
  const document = typeof said === "string" ? `the document says ${said}` : "the document names no tier";
  const priced = (serviceTier: string, batch: boolean) => engine.price({ ...request, serviceTier, batch });
  return [
    {
      code: isBatch ? "batch-not-applied" : "tier-not-applied",
      words: `the standard price, and ${document}`,
      result: priced("default", false),
    },
    ...["flex", "priority", "ultrafast"].map((tier): OtherPrice => ({
      code: "other-tier",
      words: `the price of ${tier}, and ${document}`,
      result: priced(tier, false),
    })),
    { code: "other-tier", words: `the price of a batch, and ${document}`, result: priced("default", true) },
  ];
}

/** The call at every other price that is known of the model, at the same time of the day. */
function datedPrices({ engine, request, result: { model, interval } }: PricedCall): OtherPrice[] {
  if (model === undefined || !interval) return [];
  const hour = typeof request.at === "number" ? request.at % DAY : 0;
  return engine.priceHistory(model, request.provider).flatMap(({ from, to }): OtherPrice[] => {
    if (from === interval.from && to === interval.to) return [];
    const day = from === null ? Date.parse(to ?? "") - DAY : Date.parse(from);
    const result = engine.price({ ...request, at: day + hour });
    const code = (from ?? "") < (interval.from ?? "") ? "stale-price" : "other-interval";
    const words = `the price ${spanOf(from, to)}, and at the time of the document it is that ${spanOf(interval.from, interval.to)}`;
    return [{ code, words, result }];
  });
}

function spanOf(from: string | null, to: string | null): string {
  if (from === null) return to === null ? "of all times" : `until ${to}`;
  return to === null ? `since ${from}` : `of ${from} to ${to}`;
}
