import { longStreams, plainStreams, recordings, type Stream } from "./streams.js";

/** One stream in reads of one size: so many bytes, or an event each. */
export type Row = {
  stream: Stream;
  size: number | "event";
  budget: number;
  /** Whether the peers are measured, too: they are slow, and two kinds of streams in two cuts tell enough. */
  hasPeers: boolean;
};

const LARGE = 16 * 1024;
const SMALL = 512;

/** The text stream's budget is held against the other long streams, too. */
const budgets: readonly [size: Row["size"], budget: number][] = [
  [LARGE, 0.15],
  [SMALL, 0.3],
  ["event", 0.2],
];

const shown: readonly Stream[] = [longStreams.text, longStreams.tools];

export const rows: readonly Row[] = [
  ...Object.values(longStreams).flatMap((stream) =>
    budgets.map(([size, budget]) => {
      return { stream, size, budget, hasPeers: shown.includes(stream) && size !== SMALL };
    }),
  ),
  ...plainStreams.map((stream) => ({ stream, size: LARGE, budget: 1.3, hasPeers: false })),
  ...recordings.flatMap((stream) =>
    [LARGE, "event" as const].map((size) => ({ stream, size, budget: 0.6, hasPeers: true })),
  ),
];
