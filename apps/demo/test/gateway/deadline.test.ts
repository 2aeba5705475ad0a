import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { Deadline, TooSlow } from "../../server/gateway/deadline.js";

describe("Deadline", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("aborts a call whose headers do not come", () => {
    const { signal } = new Deadline(100);
    vi.advanceTimersByTime(99);
    expect(signal.aborted).toBe(false);
    vi.advanceTimersByTime(1);
    expect(signal.reason).toEqual(new TooSlow("headers", 100));
  });

  it("aborts a call whose next piece does not come, and begins anew at each", () => {
    const deadline = new Deadline(100);
    deadline.answered(50);
    vi.advanceTimersByTime(49);
    deadline.restart();
    vi.advanceTimersByTime(49);
    expect(deadline.signal.aborted).toBe(false);
    vi.advanceTimersByTime(1);
    expect(deadline.signal.reason).toEqual(new TooSlow("idle", 50));
  });

  it("does not run while the caller is waited for, however long", () => {
    const deadline = new Deadline(100);
    deadline.answered(50);
    deadline.pause();
    vi.advanceTimersByTime(1000);
    expect(deadline.signal.aborted).toBe(false);
    deadline.restart();
    vi.advanceTimersByTime(49);
    expect(deadline.signal.aborted).toBe(false);
    vi.advanceTimersByTime(1);
    expect(deadline.signal.aborted).toBe(true);
  });

  it("leaves nothing behind", () => {
    const deadline = new Deadline(100);
    deadline.answered(50);
    deadline.end();
    expect(vi.getTimerCount()).toBe(0);
  });
});
