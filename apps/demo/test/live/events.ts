import { Value } from "@sinclair/typebox/value";
import { expect } from "vitest";

import { liveEventSchemas, type LiveEventData, type LiveEventName } from "../../server/api/schemas.js";

/** An event as a browser gets it. */
export type ReadEvent = {
  [Name in LiveEventName]: { name: Name; id: string | null; data: LiveEventData<Name> };
}[LiveEventName];

/** Reads a stream of events as it comes. Every event is held against its schema. */
export class EventReader {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #decoder = new TextDecoder();
  #pending: ReturnType<ReadableStreamDefaultReader<Uint8Array>["read"]> | undefined;
  text = "";
  isOver = false;

  constructor(stream: ReadableStream<Uint8Array>) {
    this.#reader = stream.getReader();
  }

  /** Reads all there is now, without waiting for more. */
  async drain(): Promise<ReadEvent[]> {
    const before = this.text.length;
    for (;;) {
      this.#pending ??= this.#reader.read();
      const next = await Promise.race([this.#pending, turn()]);
      if (next === "nothing") break;
      this.#pending = undefined;
      if (next.done) {
        this.isOver = true;
        break;
      }
      this.text += this.#decoder.decode(next.value, { stream: true });
    }
    return eventsOf(this.text.slice(before));
  }

  async cancel(): Promise<void> {
    await this.#reader.cancel();
  }
}

async function turn(): Promise<"nothing"> {
  for (let turns = 0; turns < 3; turns++) await new Promise<void>((resolve) => setImmediate(resolve));
  return "nothing";
}

export function eventsOf(text: string): ReadEvent[] {
  return text.split("\n\n").flatMap((block) => {
    const lines = new Map(
      block.split("\n").map((line): [string, string] => {
        const colon = line.indexOf(": ");
        return colon > 0 ? [line.slice(0, colon), line.slice(colon + 2)] : [line, ""];
      }),
    );
    const [name, data] = [lines.get("event") as LiveEventName | undefined, lines.get("data")];
    if (name === undefined || data === undefined) return [];
    const value: unknown = JSON.parse(data);
    expect(
      [...Value.Errors(liveEventSchemas[name], value)].map(({ path, message }) => [name, path, message]),
    ).toEqual([]);
    return [{ name, id: lines.get("id") ?? null, data: value } as ReadEvent];
  });
}

/** The events of one name. */
export function named<Name extends LiveEventName>(
  events: readonly ReadEvent[],
  name: Name,
): LiveEventData<Name>[] {
  return events.flatMap((event) => (event.name === name ? [event.data as LiveEventData<Name>] : []));
}
