import { PriceBook } from "../rates.js";
import { textOf } from "../usage/counts.js";
import type { CatalogModel, Interval, Source } from "./format.js";
import { Listing, type Listed } from "./listing.js";
import type { LitellmEntry } from "./litellm-entry.js";
import { mergePrices } from "./merge.js";
import {
  candidatesOf,
  familyOf,
  isProvider,
  prefixOf,
  shardOf,
  sizeClassOf,
  type Candidate,
  type MatchRule,
} from "./model-names.js";
import { nearestNames } from "./nearest-names.js";
import { providerOf, readOverrides, type Override } from "./overrides.js";
import { ModelPrices, type DatedBook, type PricedModel } from "./priced-model.js";
import type { Shard } from "./shard.js";

/** How a name led to a model; or the names that are nearest, and what is wrong with an override. */
export type Resolution<Model = PricedModel> =
  | { found: true; model: Model; rule: MatchRule }
  | { found: false; nearest: string[]; reason?: string };

/** The same with the prices of the model. */
export type PricedResolution = Resolution<ModelPrices>;

/** What to look for. */
export type ModelQuery = {
  name: string;
  provider?: string | undefined;
  /** A cloud's region, whose prices some providers list by themselves ("us-east-1"). */
  region?: string | undefined;
  /** Let a snapshot that is not listed be priced as its family. */
  allowFamily?: boolean | undefined;
};

/** Before its first day nobody looked at LiteLLM's map: a price without a beginning is at least as old. */
const FIRST_LOOK = Date.parse("2025-02-06");

/** Names that were asked for are remembered, up to so many: they are input. */
const MAX_REMEMBERED = 10_000;

/** No model has a longer name; one that is looked up would cost memory and time. */
const MAX_NAME = 512;

/** Models by name, looked up in shards that are parsed when the first name is asked for. */
export class Models {
  readonly #listing: Listing;
  readonly #overrides: ReadonlyMap<string, Override>;
  readonly #overridesInLowerCase: ReadonlyMap<string, Override>;
  readonly #isLitellm: boolean;
  readonly #now: () => number;
  /** Answers by provider (or by all that was asked beside the name), then by name. */
  readonly #answers = new Map<string | undefined, Map<string, PricedResolution>>();
  #remembered = 0;

  constructor(
    shards: readonly Shard[],
    overrides: Readonly<Record<string, LitellmEntry>>,
    isLitellm: boolean,
    now: () => number,
  ) {
    this.#listing = new Listing(shards);
    this.#isLitellm = isLitellm;
    this.#now = now;
    this.#overrides = readOverrides(overrides);
    this.#overridesInLowerCase = new Map(
      [...this.#overrides].map(([name, override]) => [name.toLowerCase(), override]),
    );
  }

  get hasCatalog(): boolean {
    return this.#listing.shards.length > 0;
  }

  /** The model that a name stands for. The answer to a name is remembered. */
  resolve({ name, provider, region, allowFamily }: ModelQuery): PricedResolution {
    if (name.length > MAX_NAME) return { found: false, nearest: [] };
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
  ): PricedResolution {
    const own = provider === undefined ? undefined : shardOf(provider);
    const prefix = prefixOf(name);
    const guess = own ?? (prefix !== undefined && this.#listing.has(prefix) ? prefix : undefined);
    const candidates = candidatesOf(name, guess, region, provider?.toLowerCase());
    return (
      this.#findOverride(candidates, guess) ??
      this.#find(candidates, guess) ??
      // A prefix may be a part of the name: "openai/gpt-oss-120b" of someone who hosts it.
      (own === undefined && guess !== undefined
        ? this.#find([{ key: name, rule: "exact" }], undefined)
        : undefined) ??
      this.#assume(name, guess, candidates, allowFamily) ?? {
        found: false,
        nearest: nearestNames(name, this.#listing.shards),
      }
    );
  }

  /** The caller's own price of the first candidate that has one, exactly or in another case. */
  #findOverride(
    candidates: readonly Candidate[],
    provider: string | undefined,
  ): PricedResolution | undefined {
    if (this.#overrides.size === 0) return undefined;
    for (const { key } of candidates) {
      const override = this.#overrides.get(key) ?? this.#overridesInLowerCase.get(key.toLowerCase());
      if (!override) continue;
      const priced = this.#priced(override, provider);
      if (priced) return priced;
    }
    return undefined;
  }

  /** The first candidate that stands in the catalog: exactly, in another case, or in the history. */
  #find(candidates: readonly Candidate[], provider: string | undefined): PricedResolution | undefined {
    const found = this.#listing.find(candidates, provider);
    return found && this.#catalogued(found.listed, found.rule);
  }

  /** What is not listed and yet has a price, by LiteLLM's own rules or by leave of the caller. */
  #assume(
    name: string,
    provider: string | undefined,
    candidates: readonly Candidate[],
    allowFamily: boolean,
  ): PricedResolution | undefined {
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

  #catalogued({ name, shard, model, sources }: Listed, rule: MatchRule): PricedResolution {
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
      model: new ModelPrices(facts, now, () => this.#past(name, shard, dated), this.#now()),
      rule,
    };
  }

  /**
   * The caller's own price: over the catalog's at any time, or alone where the catalog has none. Nothing, when the call is to
   * another provider than the one that the entry names, or that lists the model.
   */
  #priced(override: Override, provider: string | undefined): PricedResolution | undefined {
    if (!override.ok) return { found: false, nearest: [], reason: override.reason };
    const { name, entry, prices, without } = override;
    const own = providerOf(entry);
    const isCustom = own === "custom";
    const shard = own === undefined || isCustom ? prefixOf(name) : shardOf(own);
    const known = shard !== undefined && this.#listing.has(shard) ? shard : undefined;
    // Custom pricing stands by itself (cost-engine rule 2.7).
    const listed = isCustom ? undefined : this.#listing.find(candidatesOf(name, known), known)?.listed;
    const theirs = isCustom ? undefined : own === undefined ? listed?.shard : shardOf(own);
    if (provider !== undefined && theirs !== undefined && !isProvider(theirs, provider)) return undefined;
    const base = own === undefined || listed?.shard === theirs ? listed : undefined;
    const facts = {
      model: name,
      provider: own ?? base?.model.provider ?? base?.shard ?? provider ?? "",
      mode: (textOf(entry.mode) || undefined) ?? base?.model.mode ?? "chat",
      limits: base?.model.limits ?? {},
    };
    const rules = shardOf(facts.provider);
    const over = (price: Interval, sources: readonly Source[]) => {
      const merged = { ...price, ...mergePrices(price, prices, without) };
      return this.#dated(merged, base ? `override of ${sourceOf(sources, price)}` : "override", rules);
    };
    const now = base
      ? base.model.prices.map((price) => over(price, base.sources))
      : [over({ basis: "effective", src: -1, rates: {} }, [])];
    const load = () => (base ? this.#past(base.name, base.shard, over) : []);
    return { found: true, model: new ModelPrices(facts, now, load, this.#now()), rule: "override" };
  }

  #past(
    name: string,
    shard: string,
    dated: (price: Interval, sources: readonly Source[]) => DatedBook,
  ): DatedBook[] {
    const { prices, sources } = this.#listing.pastOf(name, shard);
    return prices.map((price) => dated(price, sources));
  }

  #dated(price: Interval, source: string, provider: string): DatedBook {
    const from = price.from === undefined ? Number.NEGATIVE_INFINITY : Date.parse(price.from);
    const to = price.to === undefined ? Number.POSITIVE_INFINITY : Date.parse(price.to);
    const isUnseen = price.from === undefined && price.basis === "observed" && price.src >= 0;
    return {
      book: new PriceBook(price, source, this.#isLitellm, provider),
      from,
      to,
      since: isUnseen ? Math.min(FIRST_LOOK, to) : from,
      // Shared by every result: a caller that writes into one would change them all.
      interval: Object.freeze({ from: price.from ?? null, to: price.to ?? null, basis: price.basis, source }),
    };
  }
}

function sourceOf(sources: readonly Source[], { src }: Interval): string {
  const source = sources[src];
  return source ? `${source.id} ${source.date}` : "LiteLLM's rules";
}
