/** Longer names are nobody's mistyped option, and comparing them would take time. */
const MAX_NAME = 64;

/** The known name that a mistyped one is nearest to; undefined when none is near. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  if (name.length > MAX_NAME) return undefined;
  const wanted = name.toLowerCase();
  let best: { each: string; distance: number } | undefined;
  for (const each of known) {
    const distance = distanceOf(wanted, each.toLowerCase());
    // Two letters that changed places count twice. More than a third of them wrong is another word.
    const most = each.length < 4 ? 1 : Math.max(2, Math.floor(each.length / 3));
    if (distance <= most && distance < (best?.distance ?? Infinity)) best = { each, distance };
  }
  return best?.each;
}

/** "did you mean x?", or nothing. */
export function suggestion(name: string, known: readonly string[]): string {
  const near = nearest(name, known);
  return near === undefined ? "" : `; did you mean ${near}?`;
}

/** How many letters must be put in, taken out or changed. */
function distanceOf(left: string, right: string): number {
  let row = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let i = 1; i <= left.length; i++) {
    const next = [i];
    for (let j = 1; j <= right.length; j++) {
      const changed = (row[j - 1] ?? 0) + (left[i - 1] === right[j - 1] ? 0 : 1);
      next.push(Math.min(changed, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[right.length] ?? 0;
}
