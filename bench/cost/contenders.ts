import type { Pricer } from "./pricer.js";

/** Somebody who prices the calls. Made in the process that measures it, so that no peer is loaded beside another. */
export type Contender = {
  name: string;
  /** Undefined when it cannot be measured yet. */
  make: () => Promise<Pricer | undefined>;
  /** The most nanoseconds a call. */
  budget?: number;
  /** Whether the model is unknown, and no price the right answer. */
  isUnknown?: true;
};

const floors = () => import("./floors.js");
const waybill = () => import("./waybill.js");
const genaiPrices = () => import("./genai-prices.js");
const tokenlens = () => import("./tokenlens.js");

const PRICE = 500;
const AMOUNT = 200;

export const floor: Contender = {
  name: "floor: rates at hand, doubles",
  make: async () => (await floors()).ratesAtHand(),
};

export const contenders: readonly Contender[] = [
  { name: "Map by model, doubles", make: async () => (await floors()).mapOfDoubles() },
  { name: "Map by model, BigInt to decimal text", make: async () => (await floors()).mapOfBigInts() },
  {
    name: "waybill price, raw usage",
    make: async () => (await waybill()).priceOfRawUsage(),
    budget: PRICE,
  },
  {
    name: "waybill price, normalised usage",
    make: async () => (await waybill()).priceOfNormalisedUsage(),
    budget: PRICE,
  },
  {
    name: "waybill price, raw usage, with provider",
    make: async () => (await waybill()).priceWithProvider(),
    budget: PRICE,
  },
  {
    name: "waybill price, raw usage, a day of the past",
    make: async () => (await waybill()).priceInThePast(),
    budget: PRICE,
  },
  {
    name: "waybill price, raw usage, unknown model",
    make: async () => (await waybill()).priceOfUnknownModel(),
    budget: PRICE,
    isUnknown: true,
  },
  {
    name: "waybill amount, resolved model",
    make: async () => (await waybill()).amountOfResolvedModel(),
    budget: AMOUNT,
  },
  { name: "genai-prices calcPrice, with provider", make: async () => (await genaiPrices()).withProvider() },
  { name: "genai-prices calcPrice, model alone", make: async () => (await genaiPrices()).withModelAlone() },
  {
    name: "genai-prices calcPrice, with provider, a day of the past",
    make: async () => (await genaiPrices()).inThePast(),
  },
  {
    name: "genai-prices calcPrice, unknown model",
    make: async () => (await genaiPrices()).ofUnknownModel(),
    isUnknown: true,
  },
  { name: "tokenlens estimateCost, raw usage", make: async () => (await tokenlens()).estimateOfRawUsage() },
  {
    name: "tokenlens estimateCost, counts split by the caller",
    make: async () => (await tokenlens()).estimateOfSplitCounts(),
  },
  {
    name: "tokenlens getTokenCosts, counts split by the caller",
    make: async () => (await tokenlens()).tokenCosts(),
  },
];
