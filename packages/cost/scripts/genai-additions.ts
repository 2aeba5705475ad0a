import type { Source } from "../src/catalog/format.js";
import type { Finding } from "./findings.js";
import { matches } from "./genai-matcher.js";
import type { Pair } from "./genai-pairs.js";
import type { GenaiModel, GenaiProvider } from "./genai-prices.js";
import { placeFor, shardsOfGenai } from "./genai-shards.js";
import { modeOf } from "./gone-models.js";
import { tidied, type DatedPrice, type TimedCatalog, type TimedModel } from "./timeline.js";

/**
 * Adds the models that genai-prices has and LiteLLM lacks, under the keys that LiteLLM would give them, and the other
 * names of models that are there.
 */
export function addModelsAndAliases(
  catalog: TimedCatalog,
  providers: readonly GenaiProvider[],
  pairs: readonly Pair[],
  source: Source,
): Finding[] {
  const findings: Finding[] = [];
  for (const provider of providers) {
    if (shardsOfGenai(provider.id).length === 0) {
      const note = `${provider.models.length} models of a provider that LiteLLM does not know`;
      findings.push({ kind: "left-out", shard: provider.id, model: "*", note });
      continue;
    }
    for (const genai of provider.models) {
      const ours = pairs.filter((each) => each.genai === genai).map(({ model }) => model);
      if (ours.length > 0) addAliases(catalog, provider.id, genai, ours);
      else findings.push(...addModel(catalog, provider.id, genai, source));
    }
  }
  return findings;
}

function addModel(catalog: TimedCatalog, provider: string, genai: GenaiModel, source: Source): Finding[] {
  const shard = shardsOfGenai(provider)[0] ?? provider;
  const leftOut = (note: string): Finding[] => [{ kind: "left-out", shard, model: genai.id, note }];
  if (!genai.prices.some(({ prices }) => Object.keys(prices.rates).length > 0)) {
    const named = Object.keys(genai.prices[0]?.prices.other ?? {});
    return leftOut(named.length > 0 ? `priced by ${named.join(", ")}, which no rate is` : "without a price");
  }
  const places = placesOf(provider, genai);
  if (places.length === 0) return leftOut("its names are patterns");
  const gone = places.find(({ key }) => catalog.models.has(key));
  if (gone) return [{ kind: "gone", shard: gone.shard, model: gone.key }];
  const [first] = places.filter(({ key }) => !catalog.aliases.has(key));
  if (!first) return leftOut("its names are aliases of another model");
  const model: TimedModel = {
    ...first,
    mode: modeOf(first.key, genai.prices[0]?.prices.rates ?? {}),
    ...(genai.contextWindow === undefined ? {} : { limits: { in: genai.contextWindow } }),
    prices: timed(genai, source),
  };
  catalog.models.set(model.key, model);
  addAliases(catalog, provider, genai, [model]);
  return [];
}

/** Keys for the names of a model: its id, where it is a name it answers to and no beginning of names, and the others. */
function placesOf(provider: string, { id, match, names }: GenaiModel): { key: string; shard: string }[] {
  const own = matches(match, id) && /[a-z0-9]$/i.test(id) ? [id] : [];
  return [...new Set([...own, ...names])].flatMap((name) => placeFor(provider, name) ?? []);
}

function timed({ prices }: GenaiModel, source: Source): DatedPrice[] {
  return tidied(
    prices.map(({ from, prices: each }, index): DatedPrice => {
      const to = prices[index + 1]?.from;
      return {
        ...(from === undefined ? {} : { from }),
        ...(to === undefined ? {} : { to }),
        basis: from === undefined ? "observed" : "effective",
        source,
        prices: each,
      };
    }),
  );
}

/** Names that are spelled out and are no key, in any case of letters: the engine looks for a name in any case. */
function addAliases(
  catalog: TimedCatalog,
  provider: string,
  genai: GenaiModel,
  models: readonly TimedModel[],
): void {
  const places = placesOf(provider, genai);
  const byKey = new Map(models.map((model) => [model.key, model]));
  const spelledOut = places.find(({ key }) => byKey.has(key))?.key;
  const shortest = [...byKey.keys()].toSorted(
    (left, right) => left.length - right.length || (left < right ? -1 : 1),
  )[0];
  const target = byKey.get(spelledOut ?? shortest ?? "");
  if (!target) return;
  const known = new Set(
    [...catalog.models.keys(), ...catalog.aliases.keys()].map((key) => key.toLowerCase()),
  );
  for (const { key, shard } of places) {
    if (shard !== target.shard || known.has(key.toLowerCase())) continue;
    catalog.aliases.set(key, { shard, model: target.key });
    known.add(key.toLowerCase());
  }
}
