/*
 * One pass over a text. At each character that can be a sign of a secret, and at no other, its detectors look around.
 */

/** What is between two places of a text, and what goes there. */
export type Span = {
  start: number;
  end: number;
  kind: string;
  /** What goes there; by default a token made of the kind and the text's keyed hash. */
  stand?: string;
  /** The secret as it was before it was written into a text, where that differs: what is hashed. */
  secret?: string;
  /** What else is secret behind it, if anything. */
  next?: () => Span | undefined;
};

/** A text that is looked through, and what detectors remember of it so that none of it is read over and over. */
export type Scan = {
  readonly text: string;
  /** What lies before it is settled. */
  from: number;
  /** Up to there, a row of words was looked at and is no key. */
  barrenUntil: number;
  /** Where the next `-----END` is: undefined when nobody has looked, -1 when there is none. */
  pemEnd: number | undefined;
};

/** The character before a place: none where a token of ours will stand, as if that stood there already. */
export function unitBefore({ text, from }: Scan, at: number): number {
  return at > from ? text.charCodeAt(at - 1) : Number.NaN;
}

/** Looks around a character that it was promised for; finds nothing before `scan.from`. */
export type Detector = (scan: Scan, at: number) => Span | undefined;

/** Detectors by the characters (of ASCII) that they want to see. */
export type Triggers = readonly (readonly [characters: string, detector: Detector])[];

/** Writes what goes in a secret's place. */
export type StandIn = (secret: string, kind: string) => string;

/** Shorter texts have no room for a secret that can be told by its looks. */
const SHORTEST = 9;

/** A function that replaces what the detectors find in a text; the text itself when they find nothing. */
export function createScanner(triggers: Triggers, standIn: StandIn): (text: string) => string {
  const table: Detector[] = [];
  const isTrigger = new Uint8Array(128);
  for (const [characters, detector] of triggers) {
    for (const character of characters) {
      const unit = character.charCodeAt(0);
      const first = table[unit];
      table[unit] = first ? (scan, at) => first(scan, at) ?? detector(scan, at) : detector;
      isTrigger[unit] = 1;
    }
  }

  return (text) => {
    const { length } = text;
    if (length < SHORTEST) return text;
    const scan: Scan = { text, from: 0, barrenUntil: 0, pemEnd: undefined };
    let clean = "";
    for (let at = 0; at < length; at++) {
      const unit = text.charCodeAt(at);
      if (unit > 127 || isTrigger[unit] === 0) continue;
      let span = (table[unit] as Detector)(scan, at);
      while (span) {
        const { start, end, kind, secret, stand } = span;
        clean += text.slice(scan.from, start) + (stand ?? standIn(secret ?? text.slice(start, end), kind));
        scan.from = end;
        at = end - 1;
        span = span.next?.();
      }
    }
    return scan.from === 0 ? text : clean + text.slice(scan.from);
  };
}
