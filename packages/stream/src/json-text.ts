/** A value as JSON text; undefined for what JSON cannot hold, or what nests too deep to be written. */
export function jsonText(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
}
