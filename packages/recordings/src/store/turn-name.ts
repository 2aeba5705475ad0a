/** The name of the n-th recording of equal requests, from 1: `HASH.json`, `HASH-2.json`. */
export function turnName(fileName: string, turn: number): string {
  return turn === 1 ? fileName : fileName.replace(/\.json$/, `-${turn}.json`);
}

/** Which of several recordings of equal requests a file name has; 1 for the plain one. */
export function turnOf(fileName: string): number {
  if (fileName.startsWith("models-")) return 1;
  return Number(/-(\d+)\.json$/.exec(fileName)?.[1] ?? 1);
}

/** The name of the first of several recordings of equal requests, which is that of their hash. */
export function plainName(fileName: string): string {
  return turnOf(fileName) === 1 ? fileName : fileName.replace(/-\d+\.json$/, ".json");
}
