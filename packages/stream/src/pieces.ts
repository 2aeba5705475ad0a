import { isObject } from "./members.js";

/** A body: a stream of bytes, or pieces of it in hand. Strings are taken as already decoded text. */
export type ByteSource =
  | ReadableStream<Uint8Array>
  | AsyncIterable<Uint8Array | string>
  | Iterable<Uint8Array | string>
  | Uint8Array
  | string;

type Readable<Piece> = ReadableStream<Piece> | AsyncIterable<Piece> | Iterable<Piece>;

/** One way to take pieces from all that has pieces: a reader, so that browsers without iterable streams can read, too. */
export type PieceReader<Piece> = {
  read(): Promise<IteratorResult<Piece, unknown>>;
  /** Says that no more is wanted. Never rejects, and need not be waited for. */
  cancel(): Promise<unknown>;
  /** Whether reading may wait for somebody else: a connection, and not a list. */
  isLive: boolean;
};

/** Reads pieces one by one. */
export function readPieces<Piece>(source: Readable<Piece>): PieceReader<Piece> {
  if (!isReadable(source))
    throw new TypeError(
      "nothing to read: give a Response, a ReadableStream, text, bytes, or an iterable of them",
    );
  if ("getReader" in source) {
    const reader = source.getReader();
    return {
      read: () => reader.read(),
      cancel: () => reader.cancel().catch(() => undefined),
      isLive: true,
    };
  }
  const isLive = Symbol.asyncIterator in source;
  const iterator = isLive ? source[Symbol.asyncIterator]() : (source as Iterable<Piece>)[Symbol.iterator]();
  return {
    read: async () => iterator.next(),
    cancel: async () => {
      try {
        await iterator.return?.();
      } catch {
        // Nobody is left to hear it.
      }
    },
    isLive,
  };
}

/** The pieces of a body in turn. Leaving the loop early cancels it. */
export async function* piecesOf(source: ByteSource): AsyncGenerator<Uint8Array | string, void, undefined> {
  if (typeof source === "string" || source instanceof Uint8Array) {
    yield source;
    return;
  }
  const reader = readPieces(source);
  let isDone = false;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      isDone = done === true;
      if (done) return;
      yield value;
    }
  } finally {
    if (!isDone) void reader.cancel();
  }
}

function isReadable(source: unknown): source is object {
  if (typeof source !== "object" || source === null) return false;
  return "getReader" in source || Symbol.asyncIterator in source || Symbol.iterator in source;
}

/** Whether a body failed because the caller's own signal ended it. */
export function isAbort(error: unknown): boolean {
  return isObject(error) && error.name === "AbortError";
}
