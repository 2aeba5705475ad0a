/** How many answers of a key and a model are remembered, and how many it takes to say anything. */
const REMEMBERED = 200;
const ENOUGH = 20;
/** Pairs of key and model beyond which the one that was quiet longest is forgotten. */
const MAX_PAIRS = 10_000;

/** A call that came to its end. */
export type PastCall = {
  keyId: string;
  model: string;
  /** Its settings: one that limits the answer is left out, or short answers on demand would pass for what comes by itself. */
  parameters: Readonly<Record<string, unknown>> | null | undefined;
  /** Tokens of the answer; null is unknown, which is not short. */
  tokens: number | null;
};

/** How long the answers of keys were, by model, for calls that do not limit theirs. */
export type PastOutputs = {
  add(call: PastCall): void;
  /** Tokens that 95 of 100 answers did not pass; undefined before there are 20. */
  p95(keyId: string, model: string): number | undefined;
};

const limits = ["max_tokens", "max_completion_tokens", "max_output_tokens"];

export function createPastOutputs(): PastOutputs {
  const outputs = new Map<string, number[]>();
  return {
    add({ keyId, model, parameters, tokens }) {
      if (tokens === null || !Number.isSafeInteger(tokens) || tokens < 0) return;
      if (limits.some((name) => (parameters?.[name] ?? null) !== null)) return;
      const pair = pairOf(keyId, model);
      const list = outputs.get(pair) ?? [];
      list.push(tokens);
      if (list.length > REMEMBERED) list.shift();
      outputs.delete(pair);
      outputs.set(pair, list);
      const [oldest] = outputs.keys();
      if (outputs.size > MAX_PAIRS && oldest !== undefined) outputs.delete(oldest);
    },
    p95(keyId, model) {
      const list = outputs.get(pairOf(keyId, model));
      if (!list || list.length < ENOUGH) return undefined;
      return list.toSorted((left, right) => left - right)[Math.ceil(list.length * 0.95) - 1];
    },
  };
}

/** Ids of keys have no blanks. Names of models are cut: callers choose them. */
function pairOf(keyId: string, model: string): string {
  return `${keyId} ${model.slice(0, 200)}`;
}
