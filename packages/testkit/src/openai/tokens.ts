/**
 * Text in the pieces that are sent one by one: words with the space before them, long ones in parts of eight
 * characters. A piece is what the stub counts as a token, so that counts and pieces agree.
 */
export function pieces(text: string): string[] {
  return (text.match(/\s*\S+|\s+$/gu) ?? []).flatMap(parts);
}

const LONGEST = 8;

function parts(word: string): string[] {
  if (word.length <= LONGEST) return [word];
  // By characters, so that no pair of surrogates is torn.
  const characters = Array.from(word);
  const count = Math.ceil(characters.length / LONGEST);
  return Array.from({ length: count }, (_, part) =>
    characters.slice(part * LONGEST, (part + 1) * LONGEST).join(""),
  );
}

/** How many pieces a text has. */
export function tokensOf(text: string): number {
  return pieces(text).length;
}
