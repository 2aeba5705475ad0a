/** Texts longer than this are compared by their beginnings. */
const COMPARED = 400;

/** The candidates that are most like a text, nearest first; of those that have nothing in common with it none is near. */
export function nearest<Item>(
  text: string,
  items: readonly Item[],
  nameOf: (item: Item) => string,
  count: number,
): Item[] {
  const pairs = pairsOf(text);
  return items
    .map((item) => ({ item, score: likeness(pairs, pairsOf(nameOf(item))) }))
    .toSorted((left, right) => right.score - left.score)
    .filter(({ score }) => score > 0)
    .slice(0, count)
    .map(({ item }) => item);
}

/** Neighbouring letters, whatever their case. */
function pairsOf(text: string): Set<string> {
  const letters = text.slice(0, COMPARED).toLowerCase();
  return new Set(
    Array.from({ length: Math.max(0, letters.length - 1) }, (_, at) => letters.slice(at, at + 2)),
  );
}

/** Dice's measure: 1 for the same, 0 for nothing in common. */
function likeness(left: ReadonlySet<string>, right: ReadonlySet<string>): number {
  let shared = 0;
  for (const pair of left) if (right.has(pair)) shared++;
  return left.size + right.size === 0 ? 0 : (2 * shared) / (left.size + right.size);
}
