import { WaybillError } from "@waybill/core";

import { readLitellmEntry, type LitellmEntry } from "./litellm-entry.js";
import { readShard, type Interval, type Shard } from "./shard.js";

/** A model of the catalog, or of the caller's own prices. */
export type PricedModel = { model: string; provider: string; price: Interval; source: string };

/** How a name led to a model. */
export type Resolution =
  | { found: true; model: PricedModel; rule: "override" | "exact" | "provider-prefix" | "case" }
  | { found: false; nearest: string[] };

/** Models by name, looked up in shards that are parsed when the first name is asked for. */
export class Models {
  readonly #shards: readonly Shard[];
  readonly #overrides: Map<string, PricedModel>;

  constructor(shards: readonly Shard[], overrides: Readonly<Record<string, LitellmEntry>>) {
    this.#shards = shards;
    this.#overrides = new Map(
      Object.entries(overrides).map(([model, entry]) => [model, readOverride(model, entry)]),
    );
  }

  resolve(name: string, provider?: string): Resolution {
    const override = this.#overrides.get(name);
    if (override) return { found: true, model: override, rule: "override" };
    for (const shard of this.#shards) {
      if (provider !== undefined && provider !== shard.id) continue;
      const exact = this.#find(shard, name);
      if (exact) return { found: true, model: exact, rule: "exact" };
      const prefix = `${shard.id}/`;
      const stripped = name.startsWith(prefix) ? this.#find(shard, name.slice(prefix.length)) : undefined;
      if (stripped) return { found: true, model: stripped, rule: "provider-prefix" };
      const cased = this.#find(shard, name.toLowerCase());
      if (cased) return { found: true, model: cased, rule: "case" };
    }
    return { found: false, nearest: this.#nearest(name) };
  }

  #find(shard: Shard, name: string): PricedModel | undefined {
    const { models, sources, id } = readShard(shard);
    const price = Object.hasOwn(models, name) ? models[name]?.prices.at(-1) : undefined;
    if (!price) return undefined;
    const source = sources[price.src];
    return { model: name, provider: id, price, source: source ? `${source.id} ${source.date}` : "unknown" };
  }

  /** Names that begin alike, longest common beginning first. */
  #nearest(name: string): string[] {
    const wanted = name.toLowerCase();
    return this.#shards
      .flatMap((shard) => Object.keys(readShard(shard).models))
      .map((known) => ({ known, shared: sharedLength(wanted, known) }))
      .filter(({ shared }) => shared >= 4)
      .toSorted((left, right) => right.shared - left.shared || left.known.length - right.known.length)
      .slice(0, 3)
      .map(({ known }) => known);
  }
}

function readOverride(model: string, entry: LitellmEntry): PricedModel {
  const read = readLitellmEntry(entry);
  if ("unsupported" in read) {
    throw new WaybillError(
      "bad-override",
      `overrides: the price ${read.unsupported} of ${model} cannot be used`,
    );
  }
  const provider = typeof entry.litellm_provider === "string" ? entry.litellm_provider : "custom";
  const price: Interval = { from: null, to: null, basis: "effective", src: 0, rates: read.rates };
  return { model, provider, price, source: "override" };
}

function sharedLength(left: string, right: string): number {
  let length = 0;
  while (length < left.length && left[length] === right[length]) length++;
  return length;
}
