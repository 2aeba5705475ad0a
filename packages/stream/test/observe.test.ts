import { describe, expect, it } from "vitest";

import { observe } from "../src/index.js";
import { chunk, finish } from "./chunks.js";

const encoder = new TextEncoder();
const events = [chunk({ content: "Hel" }), chunk({ content: "lo" }), finish()].map((each) =>
  encoder.encode(`data: ${JSON.stringify(each)}\n\n`),
);

/** A body of these pieces that counts how many were asked for, and fails behind them when it should. */
function bodyOf(pieces: readonly Uint8Array[], failure?: Error) {
  const state = { pulled: 0, cancelled: undefined as unknown };
  const body = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        const piece = pieces[state.pulled++];
        if (piece) controller.enqueue(piece);
        else if (failure) controller.error(failure);
        else controller.close();
      },
      cancel(reason) {
        state.cancelled = reason;
      },
    },
    { highWaterMark: 0 },
  );
  return { body, state };
}

describe("observe", () => {
  it("passes the same pieces on and delivers the result at the end", async () => {
    const { body, result } = observe(bodyOf(events).body);
    const seen: Uint8Array[] = [];
    for await (const piece of body) seen.push(piece);
    expect(seen.map((piece, index) => piece === events[index])).toEqual([true, true, true]);
    expect(await result).toMatchObject({ status: "complete", endedBy: "finish" });
    expect((await result).completion.choices[0]?.message.content).toBe("Hello");
  });

  it("reads no piece before it is asked for", async () => {
    const { body: source, state } = bodyOf(events);
    const reader = observe(source).body.getReader();
    expect(state.pulled).toBe(0);
    await reader.read();
    expect(state.pulled).toBe(1);
  });

  it("delivers what came when the reader hangs up, and tells the body", async () => {
    const { body: source, state } = bodyOf(events);
    const { body, result } = observe(source);
    const reader = body.getReader();
    await reader.read();
    await reader.cancel("enough");
    expect(state.cancelled).toBe("enough");
    expect(await result).toMatchObject({ status: "incomplete", endedBy: "abort" });
    expect((await result).completion.choices[0]?.message.content).toBe("Hel");
  });

  it("hands a failure of the body to the reader, and to the result", async () => {
    const failure = new Error("ECONNRESET");
    const { body, result } = observe(bodyOf(events.slice(0, 1), failure).body);
    const reader = body.getReader();
    await reader.read();
    await expect(reader.read()).rejects.toBe(failure);
    expect(await result).toMatchObject({
      status: "incomplete",
      endedBy: "upstream",
      error: { message: "ECONNRESET" },
    });
  });

  it("lets no failure of the accounting reach the reader", async () => {
    let time = 0;
    const now = () => {
      if (++time > 2) throw new Error("the clock is gone");
      return time;
    };
    const { body, result } = observe(bodyOf(events).body, { now });
    let pieces = 0;
    for await (const piece of body) pieces += piece.length > 0 ? 1 : 0;
    expect(pieces).toBe(3);
    expect((await result).completion.choices).toBeDefined();
  });
});
