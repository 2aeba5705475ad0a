/** Bounds that text from outside is held to before anything else looks at it. */
export type TextLimits = {
  /** Longest text, in UTF-16 units. */
  textLength: number;
  /** Deepest nesting of arrays and objects. */
  depth: number;
  /** Longest string, in UTF-16 units as written. */
  stringLength: number;
  /** Most items of one array or members of one object. */
  items: number;
};

/** The bounds for documents: 64 Mi units of text, 64 levels, strings of 16 Mi units, 100,000 items. */
export const defaultTextLimits: TextLimits = {
  textLength: 64 * 1024 * 1024,
  depth: 64,
  stringLength: 16 * 1024 * 1024,
  items: 100_000,
};
