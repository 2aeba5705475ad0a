/*
 * What the JSON of a price catalog holds. Every price is USD per unit, as decimal text per single unit ("2.5e-6" a token):
 * `Number(text)` is the double that LiteLLM computes with, and the digits are exact. "0" is free; absent is unknown.
 */

/** Names of rates, each per single unit. */
export type RateName =
  /* text tokens in and out, cache read, cache write (five minutes, or the provider's default life), cache write of an hour */
  | "in"
  | "out"
  | "cr"
  | "cw"
  | "cw1h"
  /* tokens of another kind: audio, image and video in and out, audio read from and written to a cache, reasoning, citations */
  | "inA"
  | "outA"
  | "crA"
  | "cwA"
  | "inI"
  | "outI"
  | "inV"
  | "outV"
  | "outR"
  | "cit"
  /* characters; seconds of the call, of audio and of video; images; pixels */
  | "inChar"
  | "outChar"
  | "inSec"
  | "outSec"
  | `outSec:${string}`
  | "inAudioSec"
  | "inVideoSec"
  | "outVideoSec"
  | "inImg"
  | "outImg"
  | "inPx"
  | "outPx"
  /* pages, annotated pages, credits; queries (or search units), requests; seconds of a deployment of one's own */
  | "page"
  | "annotation"
  | "credit"
  | "query"
  | "request"
  | "sec"
  /* tools: a file search, LiteLLM's price of a thousand of them, a code interpreter session, GB and days of storage, a thousand tokens of computer use */
  | "fileSearch"
  | "fileSearch1k"
  | "session"
  | "fileGbDay"
  | "storeGbDay"
  | "computerIn1k"
  | "computerOut1k";

/** Rates by name. */
export type Rates = { [name in RateName]?: string };

/** Service tiers with rates of their own. `batch` is the batch API. */
export type TierName = "priority" | "flex" | "ultrafast" | "batch";

/** Rates by tier; what a tier does not name is charged at the standard rate. */
export type Tiers = { [tier in TierName]?: Rates };

/** Rates of a prompt of more than `tokens` tokens. All tokens of the call take them. */
export type Threshold = { tokens: number; rates: Rates; tiers?: Tiers };

/** Rates of a prompt of more than `from` and at most `to` tokens; of a search with `from` to `to` results if `of` says so. */
export type Range = { from: number; to: number; of?: "results"; rates: Rates };

/** Rates at certain hours, "HH:MM-HH:MM" in UTC: the start is inside, the end is not, and it may pass midnight. */
export type Window = { hours: string[]; days?: (string | number)[]; tz?: string; rates: Rates };

/** Factors on the price: by data residency, of a regional endpoint, by inference geography, of a fast mode. */
export type Uplift = {
  eu?: string;
  us?: string;
  endpoint?: string;
  geo?: Record<string, string>;
  fast?: string;
};

/** The price of a web search by the size of its context. */
export type SearchPrice = {
  low?: string;
  medium?: string;
  high?: string;
  /** What is counted, when the source says so. */
  unit?: "query" | "prompt";
  /** LiteLLM divides the price by 1000 once more (Perplexity). `all`: a caller's own entry means it so too. */
  per1000?: "litellm" | "all";
};

/** A price and the time for which it holds. */
export type Interval = {
  /** ISO day from which it holds; absent: since the first one known. */
  from?: string;
  /** ISO day before which it holds; absent: to this day. */
  to?: string;
  /** `effective`: the provider's own date. `observed`: the day a catalog changed. */
  basis: "effective" | "observed";
  /** Index into the sources. */
  src: number;
  /** Some literals are a float's noise of 15 digits and more; exact amounts use them rounded to 12. */
  noise?: true;
  rates: Rates;
  tiers?: Tiers;
  above?: Threshold[];
  ranges?: Range[];
  windows?: Window[];
  uplift?: Uplift;
  search?: SearchPrice;
  /** Tiers that the provider sells at rates which this source does not say: they have no price. */
  lacks?: TierName[];
  /** Prices of the source that no rule charges by, under the source's own names. */
  other?: Record<string, string>;
};

/** A model and its prices, oldest first. */
export type CatalogModel = {
  /** LiteLLM's mode: "chat", "embedding", "audio_transcription" and so on. */
  mode: string;
  /** LiteLLM's `litellm_provider`, when it is not the shard's id. */
  provider?: string;
  /** The most tokens it takes and gives. */
  limits?: { in?: number; out?: number };
  prices: Interval[];
};

/** Where prices come from. */
export type Source = {
  id: string;
  kind: "litellm" | "genai-prices" | "manual";
  /** ISO day of the data. */
  date: string;
  licence: string;
  url: string;
};

/** The models of one provider. */
export type ProviderPrices = {
  models: Record<string, CatalogModel>;
  /** Other names of models. */
  aliases?: Record<string, string>;
};

/** The JSON of a provider's shard: today's prices, and those that are dated to come. */
export type ShardContent = ProviderPrices & { schema: 1; id: string; sources: Source[] };

/** The JSON of the history: prices of the past, by shard, and the models that are gone. */
export type HistoryContent = {
  schema: 1;
  id: "history";
  sources: Source[];
  providers: Record<string, { models: Record<string, CatalogModel> }>;
};
