import { WaybillError } from "@waybill/core";

/** Prices of one provider. Opaque text until the first price is asked for, so that importing one costs nothing. */
export type Shard = {
  /** The provider, e.g. "openai". */
  readonly id: string;
  /** The shard's JSON. */
  readonly json: string;
};

/**
 * USD per unit as the decimal literal that the source published. "0" is free; an absent rate is unknown.
 * in, out: text tokens. cr: cache read. cw: cache write. inA, outA: audio tokens.
 */
export type Rates = { in?: string; out?: string; cr?: string; cw?: string; inA?: string; outA?: string };

/** A price and the time for which it holds. */
export type Interval = {
  from: string | null;
  to: string | null;
  basis: "effective" | "observed";
  /** Index into the shard's sources. */
  src: number;
  rates: Rates;
};

/** A model and its prices, newest last. */
export type CatalogModel = { mode: string; prices: Interval[] };

/** What the JSON of a shard holds. */
export type ShardContent = {
  schema: 1;
  id: string;
  sources: { id: string; date: string; licence: string; url: string }[];
  models: Record<string, CatalogModel>;
  aliases: Record<string, string>;
};

const parsed = new WeakMap<Shard, ShardContent>();

/** The content of a shard, parsed once. */
export function readShard(shard: Shard): ShardContent {
  let content = parsed.get(shard);
  if (!content) {
    content = JSON.parse(shard.json) as ShardContent;
    if (content.schema !== 1) {
      throw new WaybillError(
        "catalog-version",
        `the ${shard.id} catalog has schema ${String(content.schema)}, not 1`,
      );
    }
    parsed.set(shard, content);
  }
  return content;
}
