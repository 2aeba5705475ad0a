import { createCostEngine, normalizeUsage } from "@waybill/cost";
import { catalog } from "@waybill/cost/catalog";

import { past, unknownModel, type Call } from "./calls.js";
import { pricer, type Pricer } from "./pricer.js";

const engine = createCostEngine({ catalog });

/** By name, with the usage that the provider sent. */
export function priceOfRawUsage(): Pricer {
  return priceOf(({ model, usage }) => ({ model, usage }));
}

/** By name, with counts that were normalised before. */
export function priceOfNormalisedUsage(): Pricer {
  return pricer(
    ({ model, usage }) => ({ model, usage: normalizeUsage(usage) }),
    ({ model, usage }) => engine.price({ model, usage }),
    ({ cost }) => cost,
  );
}

/** By name and provider. */
export function priceWithProvider(): Pricer {
  return priceOf(({ model, provider, usage }) => ({ model, provider, usage }));
}

/** What the call would have cost on a day of the past. */
export function priceInThePast(): Pricer {
  return priceOf(({ model, usage }) => ({ model, usage, at: past }));
}

/** A name that no catalog knows. */
export function priceOfUnknownModel(): Pricer {
  return priceOf(({ usage }) => ({ model: unknownModel, usage }));
}

function priceOf(requestOf: (call: Call) => Parameters<typeof engine.price>[0]): Pricer {
  return pricer(
    (call) => call,
    (call) => engine.price(requestOf(call)),
    ({ cost }) => cost,
  );
}

type Amount = { cost: number; exact: string } | null;
type WithAmount = { amount: (resolution: ReturnType<typeof engine.resolve>, usage: unknown) => Amount };

/** The amount alone, of a model that was resolved before and counts that were normalised before. */
export function amountOfResolvedModel(): Pricer | undefined {
  if (!("amount" in engine)) return undefined;
  const { amount } = engine as WithAmount;
  return pricer(
    ({ model, usage }) => ({ resolution: engine.resolve(model), usage: normalizeUsage(usage) }),
    ({ resolution, usage }) => amount(resolution, usage),
    (answer) => answer?.cost,
  );
}
