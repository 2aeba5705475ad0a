import { describe, expect, it } from "vitest";

import { backoffMs } from "../src/backoff.js";

describe("the wait before another try", () => {
  it.each([
    [0, 500],
    [1, 500],
    [2, 1000],
    [3, 2000],
    [7, 32_000],
    [8, 60_000],
    [1000, 60_000],
  ])("after %i failures is any time from 0 to %i ms", (failures, bound) => {
    const waits = [0, 0.25, 0.5, 1].map((chance) => backoffMs(failures, () => chance));
    expect(waits).toEqual([0, bound / 4, bound / 2, bound]);
  });
});
