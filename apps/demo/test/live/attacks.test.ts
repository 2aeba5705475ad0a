import { describe, expect, it } from "vitest";

import { list, opened } from "./watch.js";

describe("one client among many", () => {
  it("gets six streams, and another when one of them has ended; others get theirs", async () => {
    const test = await opened();
    const open = (client: string) => test.feed.open({ ...list(), client });
    const own = Array.from({ length: 7 }, () => open("address:10.0.0.1"));
    expect(own.map((stream) => stream !== null)).toEqual([true, true, true, true, true, true, false]);
    expect(open("address:10.0.0.2")).not.toBeNull();
    await own[0]?.cancel();
    expect(open("address:10.0.0.1")).not.toBeNull();
  });
});
