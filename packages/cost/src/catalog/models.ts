import { PriceBook } from "../rates.js";
import { textOf } from "../usage/counts.js";
import type { CatalogModel, HistoryContent, Interval, ShardContent, Source } from "./format.js";
import type { LitellmEntry } from "./litellm-entry.js";
import { mergePrices } from "./merge.js";
import {
  candidatesOf,
  familyOf,
  isProvider,
  prefixOf,
  shardOf,
  sizeClassOf,
  type MatchRule,
} from "./model-names.js";
import { nearestNames } from "./nearest-names.js";
import { isOverrideOf, providerOf, readOverrides, type Override } from "./overrides.js";
import { PricedModel, type DatedBook } from "./priced-model.js";
import { readShard, type Shard } from "./shard.js";

/** How a name led to a model; or the names that are nearest, and what is wrong with an override. */
export type Resolution =
  | { found: true; model: PricedModel; rule: MatchRule }
  | { found: false; nearest: string[]; reason?: string };

/** What to look for. */
export type ModelQuery = {
  name: string;
  provider?: string | undefined;
  /** A cloud's region, whose prices some providers list by themselves ("us-east-1"). */
  region?: string | undefined;
  /** Let a snapshot that is not listed be priced as its family. */
  allowFamily?: boolean | undefined;
};

type Listed = { name: string; shard: string; model: CatalogModel; sources: Source[] };
/** Names that were asked for are remembered, up to so many: they are input. */
const MAX_REMEMBERED = 10_000;

/** Models by name, looked up in shards that are parsed when the first name is asked for. */
export class Models {
  readonly #shards: readonly Shard[];
  readonly #history: Shard | undefined;
  readonly #overrides: Map<string, Override>;
  readonly #isLitellm: boolean;
  readonly #now: () => number;
  /** Answers by provider (or by all that was asked beside the name), then by name. */
  readonly #answers = new Map<string | undefined, Map<string, Resolution>>();
  #remembered = 0;
  readonly #lowerCase = new Map<object, Map<string, string>>();

  constructor(
    shards: readonly Shard[],
    overrides: Readonly<Record<string, LitellmEntry>>,
    isLitellm: boolean,
    now: () => number,
  ) {
    this.#shards = shards.filter(({ id }) => id !== "history");
    this.#history = shards.find(({ id }) => id === "history");
    this.#isLitellm = isLitellm;
    this.#now = now;
    this.#overrides = readOverrides(overrides);
  }

  /** The model that a name stands for. The answer to a name is remembered. */
  resolve({ name, provider, region, allowFamily }: ModelQuery): Resolution {
    const group =
      region === undefined && !allowFamily ? provider : JSON.stringify([provider, region, allowFamily]);
    let answers = this.#answers.get(group);
    const known = answers?.get(name);
    if (known) return known;
    if (this.#remembered++ >= MAX_REMEMBERED) {
      this.#answers.clear();
      this.#remembered = 0;
      answers = undefined;
    }
    if (!answers) this.#answers.set(group, (answers = new Map()));
    const resolution = this.#resolve(name, provider, region, allowFamily === true);
    answers.set(name, resolution);
    return resolution;
  }

  #resolve(
    name: string,
    provider: string | undefined,
    region: string | undefined,
    allowFamily: boolean,
  ): Resolution {
    const own = provider === undefined ? undefined : shardOf(provider);
    const prefix = prefixOf(name);
    const guess =
      own ?? (prefix !== undefined && this.#shards.some(({ id }) => id === prefix) ? prefix : undefined);
    const candidates = candidatesOf(name, guess, region);
    return (
      this.#find(candidates, guess) ??
      // A prefix may be a part of the name: "openai/gpt-oss-120b" of someone who hosts it.
      (own === undefined && guess !== undefined
        ? this.#find([{ key: name, rule: "exact" }], undefined)
        : undefined) ??
      this.#assume(name, guess, candidates, allowFamily) ?? {
        found: false,
        nearest: nearestNames(name, this.#shards),
      }
    );
  }

  /** The first candidate that stands in the overrides or the catalog: exactly, in another case, or in the history. */
  #find(
    candidates: readonly { key: string; rule: MatchRule }[],
    provider: string | undefined,
  ): Resolution | undefined {
    for (const { key, rule } of candidates) {
      const override = this.#overrides.get(key);
      if (override && isOverrideOf(override, provider)) return this.#priced(key, override, provider);
      const listed = this.#listed(key, provider);
      if (listed) return this.#catalogued(listed, listed.name === key ? rule : "alias");
    }
    for (const { key } of candidates) {
      for (const [name, override] of this.#overrides)
        if (name.toLowerCase() === key.toLowerCase() && isOverrideOf(override, provider))
          return this.#priced(name, override, provider);
      for (const shard of this.#shardsOf(provider)) {
        const { models } = readShard(shard) as ShardContent;
        const listed = this.#listed(this.#lowered(models).get(key.toLowerCase()), provider);
        if (listed) return this.#catalogued(listed, "case");
      }
    }
    for (const { key, rule } of candidates) {
      const past = this.#past(key, provider);
      if (past) return this.#catalogued(past, rule);
    }
    return undefined;
  }

  /** What is not listed and yet has a price, by LiteLLM's own rules or by leave of the caller. */
  #assume(
    name: string,
    provider: string | undefined,
    candidates: readonly { key: string }[],
    allowFamily: boolean,
  ): Resolution | undefined {
    if (allowFamily) {
      const families = candidates.flatMap(({ key }) => familyOf(key) ?? []);
      const found = this.#find(
        families.map((key) => ({ key, rule: "family" })),
        provider,
      );
      if (found?.found) return { ...found, rule: "family" };
    }
    if (provider === "fireworks_ai") {
      const key = sizeClassOf(name);
      const found = key === undefined ? undefined : this.#find([{ key, rule: "size-class" }], provider);
      if (found) return found;
    }
    // LiteLLM charges nothing for models that it does not know and that may run on one's own machine.
    if (this.#isLitellm && (provider === "ollama" || provider === "huggingface")) {
      const model: CatalogModel = {
        mode: "chat",
        prices: [{ basis: "observed", src: -1, rates: { in: "0", out: "0" } }],
      };
      return this.#catalogued({ name, shard: provider, model, sources: [] }, "local");
    }
    return undefined;
  }

  #shardsOf(provider: string | undefined): readonly Shard[] {
    return provider === undefined ? this.#shards : this.#shards.filter(({ id }) => isProvider(id, provider));
  }

  /** A model of the shards of a provider, or of all. */
  #listed(key: string | undefined, provider: string | undefined): Listed | undefined {
    if (key === undefined) return undefined;
    for (const shard of this.#shardsOf(provider)) {
      const { models, aliases, sources } = readShard(shard) as ShardContent;
      const name = Object.hasOwn(models, key)
        ? key
        : aliases && Object.hasOwn(aliases, key)
          ? aliases[key]
          : undefined;
      const model = name === undefined ? undefined : models[name];
      if (name !== undefined && model) return { name, shard: shard.id, model, sources };
    }
    return undefined;
  }

  /** A model that is in no catalog any more. */
  #past(key: string, provider: string | undefined): Listed | undefined {
    if (!this.#history) return undefined;
    const { providers, sources } = readShard(this.#history) as HistoryContent;
    for (const { id: shard } of this.#shardsOf(provider)) {
      const models = Object.hasOwn(providers, shard) ? providers[shard]?.models : undefined;
      const model = models && Object.hasOwn(models, key) ? models[key] : undefined;
      if (model) return { name: key, shard, model, sources };
    }
    return undefined;
  }

  #catalogued({ name, shard, model, sources }: Listed, rule: MatchRule): Resolution {
    const facts = {
      model: name,
      provider: model.provider ?? shard,
      mode: model.mode,
      limits: model.limits ?? {},
    };
    const rules = shardOf(facts.provider);
    const dated = (price: Interval, from: readonly Source[]) =>
      this.#dated(price, sourceOf(from, price), rules);
    const now = model.prices.map((price) => dated(price, sources));
    return {
      found: true,
      model: new PricedModel(facts, now, () => this.#pastOf(name, shard, dated), this.#now()),
      rule,
    };
  }

  /** The caller's own price: over the catalog's at any time, or alone where the catalog has none. */
  #priced(name: string, override: Override, provider: string | undefined): Resolution {
    if (!override.ok) return { found: false, nearest: [], reason: override.reason };
    const { entry, prices, without } = override;
    const own = providerOf(entry);
    // Custom pricing stands by itself (cost-engine rule 2.7).
    const listed = own === "custom" ? undefined : this.#listed(name, undefined);
    const facts = {
      model: name,
      provider: own ?? listed?.model.provider ?? listed?.shard ?? provider ?? "",
      mode: (textOf(entry.mode) || undefined) ?? listed?.model.mode ?? "chat",
      limits: listed?.model.limits ?? {},
    };
    const rules = shardOf(facts.provider);
    const over = (price: Interval, sources: readonly Source[]) => {
      const merged = { ...price, ...mergePrices(price, prices, without) };
      return this.#dated(merged, listed ? `override of ${sourceOf(sources, price)}` : "override", rules);
    };
    const now = listed
      ? listed.model.prices.map((price) => over(price, listed.sources))
      : [over({ basis: "effective", src: -1, rates: {} }, [])];
    const load = () => (listed ? this.#pastOf(name, listed.shard, over) : []);
    return { found: true, model: new PricedModel(facts, now, load, this.#now()), rule: "override" };
  }

  /** The prices of a listed model before the catalog's. One that is gone is listed by them already. */
  #pastOf(
    name: string,
    shard: string,
    dated: (price: Interval, sources: readonly Source[]) => DatedBook,
  ): DatedBook[] {
    if (!this.#history || !this.#listed(name, shard)) return [];
    const { providers, sources } = readShard(this.#history) as HistoryContent;
    const models = Object.hasOwn(providers, shard) ? providers[shard]?.models : undefined;
    const past = models && Object.hasOwn(models, name) ? models[name] : undefined;
    return (past?.prices ?? []).map((price) => dated(price, sources));
  }

  #dated(price: Interval, source: string, provider: string): DatedBook {
    const [from, to] = [price.from ?? null, price.to ?? null];
    return {
      book: new PriceBook(price, source, this.#isLitellm, provider),
      from: from === null ? Number.NEGATIVE_INFINITY : Date.parse(from),
      to: to === null ? Number.POSITIVE_INFINITY : Date.parse(to),
      interval: { from, to, basis: price.basis, source },
    };
  }

  #lowered(models: object): Map<string, string> {
    let lowered = this.#lowerCase.get(models);
    if (!lowered) {
      lowered = new Map(Object.keys(models).map((name) => [name.toLowerCase(), name]));
      this.#lowerCase.set(models, lowered);
    }
    return lowered;
  }
}

function sourceOf(sources: readonly Source[], { src }: Interval): string {
  const source = sources[src];
  return source ? `${source.id} ${source.date}` : "LiteLLM's rules";
}
