/** What was thrown, in words. Anything can be thrown, also what throws when it is looked at. */
export function wordsOf(thrown: unknown): string {
  try {
    const words: unknown = thrown instanceof Error ? thrown.message : thrown;
    return String(words);
  } catch {
    return "something that cannot be shown was thrown";
  }
}
