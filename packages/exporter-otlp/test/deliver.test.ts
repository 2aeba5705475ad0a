import type { StandardLoggingPayload } from "@waybill/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { deliverInParts, type Delivery, type Reply } from "../src/http.js";

type Parcel = { text: string };

const batchOf = (count: number) =>
  Array.from({ length: count }, (_, n) => ({ id: String(n) }) as StandardLoggingPayload);
const accepted = (parcels: readonly unknown[]): Reply => ({
  outcome: parcels.map(() => ({ status: "accepted" })),
});
const poisoned: Reply = {
  outcome: { status: "rejected", code: "400", reason: "bad" },
  refusedFor: "content",
};
const tooLarge: Reply = { outcome: { status: "rejected", code: "413", reason: "large" }, refusedFor: "size" };

/** A delivery to an other side that is a function; every request is noted as the ids in it. */
function deliver(
  count: number,
  answer: (ids: string[], request: number) => Reply,
  options: Partial<Delivery<Parcel>> = {},
) {
  const requests: string[][] = [];
  const delivery = deliverInParts(batchOf(count), {
    write: ({ id }, withContent) => ({ text: withContent ? `${id}!` : (id as string) }),
    post: async (parcels) => {
      const ids = parcels.map(({ text }) => text.replace("!", ""));
      requests.push(ids);
      return answer(ids, requests.length - 1);
    },
    ...options,
  });
  return delivery.then((outcome) => ({
    ...outcome,
    requests,
    statuses: outcome.items.map(({ status }) => status),
  }));
}

describe("a delivery", () => {
  it("is one request when all goes well, and none for nothing", async () => {
    expect((await deliver(3, accepted)).requests).toEqual([["0", "1", "2"]]);
    expect(await deliver(0, accepted)).toEqual({ items: [], requests: [], statuses: [] });
  });

  it("finds 1 bad payload in 100 with at most 15 requests, wherever it is", async () => {
    let most = 0;
    for (let bad = 0; bad < 100; bad++) {
      const { items, requests } = await deliver(100, (ids) =>
        ids.includes(String(bad)) ? poisoned : accepted(ids),
      );
      expect(items.flatMap(({ status }, index) => (status === "accepted" ? [] : [index]))).toEqual([bad]);
      expect(items[bad]).toEqual(poisoned.outcome);
      most = Math.max(most, requests.length);
    }
    expect(most).toBeLessThanOrEqual(15);
  });

  it("finds all bad payloads, and sends nothing twice that was accepted", async () => {
    const bad = fc.uniqueArray(fc.nat({ max: 59 }), { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 60 }), bad, async (count, list) => {
        const isBad = (id: string) => list.includes(Number(id));
        const taken: string[] = [];
        const { statuses } = await deliver(count, (ids) => {
          if (ids.some(isBad)) return poisoned;
          taken.push(...ids);
          return accepted(ids);
        });
        const all = batchOf(count).map(({ id }) => id as string);
        expect(statuses).toEqual(all.map((id) => (isBad(id) ? "rejected" : "accepted")));
        expect(taken.toSorted()).toEqual(all.filter((id) => !isBad(id)).toSorted());
      }),
    );
  });

  it("stops to look after so many refusals, and what is left waits for the next try", async () => {
    const { statuses, requests, pause } = await deliver(512, (ids) =>
      ids.some((id) => Number(id) % 2 === 0) ? poisoned : accepted(ids),
    );
    expect(requests.length).toBeLessThan(110);
    const count = (wanted: string) => statuses.filter((status) => status === wanted).length;
    expect([count("accepted") > 15, count("rejected") > 15, count("retry") > 400]).toEqual([
      true,
      true,
      true,
    ]);
    expect(pause).toBeUndefined();
  });

  it("gives up few payloads to an other side that refuses everything, and pauses", async () => {
    const { statuses, requests, pause } = await deliver(512, () => poisoned);
    expect(requests.length).toBeLessThanOrEqual(18);
    expect(statuses.filter((status) => status === "rejected").length).toBeLessThanOrEqual(6);
    expect(statuses.filter((status) => status === "retry").length).toBeGreaterThan(500);
    expect(pause).toEqual({ ms: 300_000, reason: "bad" });
  });

  it("halves what is too large, and sends what is too large alone without its content", async () => {
    const large = await deliver(4, (ids) => (ids.length > 1 ? tooLarge : accepted(ids)));
    expect(large.requests.map(({ length }) => length)).toEqual([4, 2, 1, 1, 2, 1, 1]);
    expect(large.statuses).toEqual(["accepted", "accepted", "accepted", "accepted"]);
    const texts: string[] = [];
    const { statuses } = await deliver(1, accepted, {
      post: async ([parcel]) => {
        texts.push(parcel!.text);
        return parcel!.text.endsWith("!") ? tooLarge : accepted([parcel]);
      },
    });
    expect([texts, statuses]).toEqual([["0!", "0"], ["accepted"]]);
  });

  it("gives up what is too large also without its content, and does not try when there was none", async () => {
    const { items, requests } = await deliver(2, () => tooLarge);
    expect(items).toEqual([tooLarge.outcome, tooLarge.outcome]);
    expect(requests.length).toBe(5);
    const same = await deliver(1, () => tooLarge, { write: () => ({ text: "same" }) });
    expect(same.items).toEqual([tooLarge.outcome]);
  });

  it("keeps the parts under the limit of characters, but sends a long payload anyway", async () => {
    const sizes = [4, 4, 4, 20, 4, 4];
    const requests: string[][] = [];
    await deliver(6, accepted, {
      write: ({ id }) => ({ text: `${id}`.padEnd(sizes[Number(id)]!, "-") }),
      post: async (parcels) => {
        requests.push(parcels.map(({ text }) => text[0]!));
        return accepted(parcels);
      },
      maxCharacters: 9,
    });
    expect(requests).toEqual([["0", "1"], ["2"], ["3"], ["4", "5"]]);
  });

  it.each<[string, Reply]>([
    ["a wrong key", { outcome: { status: "retry", reason: "401" }, pause: { ms: 300_000, reason: "401" } }],
    [
      "a busy server",
      { outcome: { status: "retry", reason: "503", afterMs: 7000 }, pause: { ms: 7000, reason: "503" } },
    ],
    ["no connection", { outcome: { status: "retry", reason: "reset" } }],
  ])("in halves of which one meets %s stops there, and tells the pause", async (_, reply) => {
    for (const second of [1, 2]) {
      const { items, requests, pause } = await deliver(4, (ids, request) => {
        if (request === 0) return tooLarge;
        return request === second ? reply : accepted(ids);
      });
      expect(requests.length).toBe(second + 1);
      expect(items).toEqual(
        [0, 1, 2, 3].map((place) => (place < 2 * (second - 1) ? { status: "accepted" } : reply.outcome)),
      );
      expect(pause).toEqual(reply.pause);
    }
  });

  it("takes outcomes for each payload, and sends again what an answer does not name", async () => {
    const { items } = await deliver(3, () => ({
      outcome: [{ status: "accepted" }, { status: "rejected", code: "1", reason: "r" }],
    }));
    expect(items).toMatchObject([{ status: "accepted" }, { status: "rejected" }, { status: "retry" }]);
  });

  it("adds up what was refused without a name, and does not send it again", async () => {
    const { unattributedRejected, statuses } = await deliver(4, (ids) =>
      ids.length > 2 ? tooLarge : { ...accepted(ids), unattributedRejected: 1 },
    );
    expect([unattributedRejected, statuses]).toEqual([2, ["accepted", "accepted", "accepted", "accepted"]]);
  });

  it("rejects what cannot be written, and sends the rest", async () => {
    const { items, requests } = await deliver(3, accepted, {
      write: ({ id }) => {
        if (id === "1") throw new Error("cycle");
        return { text: id as string };
      },
    });
    expect(items).toEqual([
      { status: "accepted" },
      { status: "rejected", code: "unmappable", reason: "cycle" },
      { status: "accepted" },
    ]);
    expect(requests).toEqual([["0", "2"]]);
  });

  it("never rejects: a sender that throws is a sender without an answer", async () => {
    const { statuses } = await deliver(2, accepted, { post: () => Promise.reject(new Error("no")) });
    expect(statuses).toEqual(["retry", "retry"]);
  });
});
