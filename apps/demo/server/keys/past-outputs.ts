/** How many answers of a key are remembered, and how many it takes to say anything. */
const REMEMBERED = 200;
const ENOUGH = 20;
/** Keys beyond which the one that was quiet longest is forgotten. */
const MAX_KEYS = 10_000;

/** How long the answers of keys were, for calls that do not limit theirs. */
export type PastOutputs = {
  add(keyId: string, tokens: number | null): void;
  /** Tokens that 95 of 100 answers did not pass; undefined before there are 20. */
  p95(keyId: string): number | undefined;
};

export function createPastOutputs(): PastOutputs {
  const outputs = new Map<string, number[]>();
  return {
    add(keyId, tokens) {
      // An unknown length is not a short answer.
      if (tokens === null || !Number.isSafeInteger(tokens) || tokens < 0) return;
      const list = outputs.get(keyId) ?? [];
      list.push(tokens);
      if (list.length > REMEMBERED) list.shift();
      outputs.delete(keyId);
      outputs.set(keyId, list);
      const [oldest] = outputs.keys();
      if (outputs.size > MAX_KEYS && oldest !== undefined) outputs.delete(oldest);
    },
    p95(keyId) {
      const list = outputs.get(keyId);
      if (!list || list.length < ENOUGH) return undefined;
      return list.toSorted((left, right) => left - right)[Math.ceil(list.length * 0.95) - 1];
    },
  };
}
