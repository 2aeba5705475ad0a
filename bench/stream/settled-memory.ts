/** Bytes that are in use, on the heap and outside of it, when everything that can be freed is; needs `--expose-gc`. */
export async function settledMemory(): Promise<number> {
  for (let each = 0; each < 4; each++) {
    globalThis.gc?.();
    // What is outside the heap is freed behind the collection that finds it.
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
