import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { filterAt, filterHash, filterNames, readFilters } from "../../server/api/filters.js";
import { Query } from "../../server/api/query.js";
import type { CallFilter } from "../../server/ledger/call-filter.js";

const NOW = Date.UTC(2026, 10, 20, 14);

function read(search: string, zone = "UTC") {
  return readFilters(new Query(new URLSearchParams(search), filterNames), zone);
}

describe("a filter", () => {
  it.each<[string, CallFilter]>([
    ["", {}],
    ["model=gpt-4o&model=o3", { model: ["gpt-4o", "o3"] }],
    ["-model=o3&model=gpt-4o", { model: ["gpt-4o"], not: { model: ["o3"] } }],
    ["model=o3&model=o3", { model: ["o3"] }],
    ["provider=openai&key=docs-bot&tag=demo", { provider: ["openai"], key: ["docs-bot"], tag: ["demo"] }],
    ["status=failure&status=incomplete", { status: ["failure", "incomplete"] }],
    ["status=streaming&status=failure", { status: ["failure"] }],
    ["error=429&diag=F3&audit=mismatch", { error: ["429"], diag: ["F3"], audit: ["mismatch"] }],
    ["cost=unpriced", { cost: "unpriced" }],
    ["cost.gte=0.05&cost.lte=12", { costGte: "0.05", costLte: "12" }],
    ["ttft.gte=1000&total.gte=2.5", { ttftGte: 1000, totalGte: 2.5 }],
    ["stream=false&q=%00' OR 1=1 --", { stream: false, q: "\0' OR 1=1 --" }],
    ["sink=langfuse:dead", { sink: [{ sink: "langfuse", state: "dead" }] }],
    ["-sink=a:b:retry", { not: { sink: [{ sink: "a:b", state: "retry" }] } }],
    ["range=24h", { from: NOW - 86_400_000 }],
    ["from=2026-11-20T13:00:00.250Z", { from: Date.UTC(2026, 10, 20, 13, 0, 0, 250) }],
    ["from=2026-11-20T13:00%2B02:00", { from: Date.UTC(2026, 10, 20, 11) }],
    ["to=2026-11-20&tz=Europe/Berlin", { to: Date.UTC(2026, 10, 19, 23) }],
    ["to=2026-07-01T12:00&tz=America/New_York", { to: Date.UTC(2026, 6, 1, 16) }],
  ])("%s", (search, filter) => {
    expect(filterAt(read(search), NOW)).toEqual(filter);
  });

  it.each<[string, string, number]>([
    ["the hour that comes twice is the first of the two", "2026-10-25T02:30", Date.UTC(2026, 9, 25, 0, 30)],
    ["the hour that there is not is the one behind it", "2026-03-29T02:30", Date.UTC(2026, 2, 29, 1, 0)],
    ["a day on which clocks are changed begins where it does", "2026-03-29", Date.UTC(2026, 2, 28, 23)],
  ])("in a zone: %s", (_, from, time) => {
    expect(filterAt(read(`from=${from}&tz=Europe/Berlin`), NOW)).toEqual({ from: time });
  });

  it.each<[string, string]>([
    ["", "also"],
    ["model=o3", "also"],
    ["status=streaming", "only"],
    ["status=streaming&status=failure", "also"],
    ["status=failure", "no"],
    ["-status=streaming", "no"],
    ["status=streaming&-status=streaming", "no"],
    ["-status=failure", "also"],
  ])("%s: calls that have not ended are meant: %s", (search, streaming) => {
    expect(read(search).streaming).toBe(streaming);
  });

  it.each(["status=streaming", "status=streaming&-status=streaming"])(
    "%s lets no call pass that has ended",
    (search) => {
      expect(read(search).filter).toEqual({ status: ["complete"], not: { status: ["complete"] } });
    },
  );

  it("has one text, in whatever order it is given", () => {
    const pair = fc.tuple(
      fc.constantFrom("model", "-model", "tag", "key", "-diag"),
      fc.string({ minLength: 1, maxLength: 20, unit: "grapheme" }),
    );
    fc.assert(
      fc.property(fc.array(pair, { maxLength: 8 }), fc.nat(), (pairs, turn) => {
        const turned = [...pairs.slice(turn % 8), ...pairs.slice(0, turn % 8)];
        const search = (list: [string, string][]): string => new URLSearchParams(list).toString();
        const one = read(search(pairs)).canonical;
        expect(read(search(turned)).canonical).toBe(one);
        expect(read(one).canonical).toBe(one);
        expect(filterHash(one)).toMatch(/^[\w-]{12}$/);
      }),
    );
  });

  it("has another text when it means something else", () => {
    const texts = [
      "model=a",
      "-model=a",
      "tag=a",
      "model=a&model=b",
      "range=1h",
      "from=2026-11-20",
      "q=a%26model=a",
    ];
    expect(new Set(texts.map((text) => read(text).canonical)).size).toBe(texts.length);
  });
});
