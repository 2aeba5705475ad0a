import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { CallerStalled, Deadline, TooSlow } from "../../server/gateway/deadline.js";

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

  it("aborts a call whose caller takes nothing, and begins anew whenever there is room", () => {
    const deadline = new Deadline(100, 1000);
    deadline.answered(5000);
    for (let times = 0; times < 3; times++) {
      deadline.pause();
      vi.advanceTimersByTime(999);
      deadline.restart();
    }
    vi.advanceTimersByTime(2000);
    expect(deadline.signal.aborted).toBe(false);
    deadline.pause();
    vi.advanceTimersByTime(1000);
    expect(deadline.signal.reason).toEqual(new CallerStalled(1000));
  });

  it("does not wait for the API while the caller is waited for", () => {
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
    deadline.pause();
    deadline.end();
    expect(vi.getTimerCount()).toBe(0);
  });
});
