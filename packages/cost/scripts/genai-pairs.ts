import { modelNamed, type GenaiModel, type GenaiProvider } from "./genai-prices.js";
import { shardsOfGenai } from "./genai-shards.js";
import { bareName } from "./shards.js";
import { isGone, type TimedCatalog, type TimedModel } from "./timeline.js";

/** A model of the catalog, and the model of genai-prices that answers to its name. */
export type Pair = { model: TimedModel; provider: GenaiProvider; genai: GenaiModel };

/** The models that both sources price, as of a day. */
export function pairsOf(catalog: TimedCatalog, providers: readonly GenaiProvider[], day: string): Pair[] {
  return providers.flatMap((provider) => {
    const shards = shardsOfGenai(provider.id);
    return [...catalog.models.values()].flatMap((model) => {
      if (!shards.includes(model.shard) || isGone(model, day)) return [];
      const genai = modelNamed(provider, bareName(model.key, model.shard, model.provider));
      return genai ? [{ model, provider, genai }] : [];
    });
  });
}
