import type { CatalogModel, HistoryContent, Interval, ShardContent, Source } from "./format.js";
import { isProvider, type Candidate, type MatchRule } from "./model-names.js";
import { readShard, type Shard } from "./shard.js";

/** A model of the catalog, or of its history, and where it stands. */
export type Listed = { name: string; shard: string; model: CatalogModel; sources: Source[] };

/** A model that was found, and by which rule. */
export type Found = { listed: Listed; rule: MatchRule };

/** Rules that take a part of a name away. */
const lossy: ReadonlySet<MatchRule> = new Set(["region", "path", "version", "fine-tuned"]);

/** What stands in the shards of a catalog. They are parsed when something is looked for in them. */
export class Listing {
  readonly shards: readonly Shard[];
  readonly #history: Shard | undefined;
  readonly #lowerCase = new Map<object, Map<string, string>>();

  constructor(shards: readonly Shard[]) {
    this.shards = shards.filter(({ id }) => id !== "history");
    this.#history = shards.find(({ id }) => id === "history");
  }

  /** Whether any shard has models of a provider. */
  has(provider: string): boolean {
    return this.shards.some(({ id }) => isProvider(id, provider));
  }

  /** The first candidate that stands in the catalog: exactly, in another case, or in the history. */
  find(candidates: readonly Candidate[], provider: string | undefined): Found | undefined {
    for (const [index, { key, rule }] of candidates.entries()) {
      const listed = this.#listed(key, provider);
      // What is left of a stripped name is another model, if the whole name was one once.
      const past =
        listed && lossy.has(rule) ? this.#pastOfAny(candidates.slice(0, index), provider) : undefined;
      if (past) return past;
      if (listed) return { listed, rule: listed.name === key ? rule : "alias" };
    }
    for (const { key } of candidates)
      for (const shard of this.#shardsOf(provider)) {
        const { models } = readShard(shard) as ShardContent;
        const listed = this.#listed(this.#lowered(models).get(key.toLowerCase()), provider);
        if (listed) return { listed, rule: "case" };
      }
    return this.#pastOfAny(candidates, provider);
  }

  #pastOfAny(candidates: readonly Candidate[], provider: string | undefined): Found | undefined {
    for (const { key, rule } of candidates) {
      const listed = this.#past(key, provider);
      if (listed) return { listed, rule };
    }
    return undefined;
  }

  #shardsOf(provider: string | undefined): readonly Shard[] {
    return provider === undefined ? this.shards : this.shards.filter(({ id }) => isProvider(id, provider));
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

  /** The prices of a listed model before the catalog's. One that is gone is listed by them already. */
  pastOf(name: string, shard: string): { prices: Interval[]; sources: Source[] } {
    if (!this.#history || !this.#listed(name, shard)) return { prices: [], sources: [] };
    const { providers, sources } = readShard(this.#history) as HistoryContent;
    const models = Object.hasOwn(providers, shard) ? providers[shard]?.models : undefined;
    const past = models && Object.hasOwn(models, name) ? models[name] : undefined;
    return { prices: past?.prices ?? [], sources };
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
