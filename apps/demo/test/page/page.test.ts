import { createContext, Script } from "node:vm";

import { describe, expect, it } from "vitest";

import { contentPolicy } from "../../server/access/page-headers.js";
import { pageScript } from "../../server/page/page-script.js";
import { createPage } from "../../server/page/page.js";
import { FakePage } from "./fake-page.js";

describe("the files of the page", () => {
  it.each([
    ["/", "text/html; charset=utf-8"],
    ["/page.js", "text/javascript; charset=utf-8"],
    ["/page.css", "text/css; charset=utf-8"],
  ])("%s comes with a policy under which nothing else runs", async (path, type) => {
    const response = await createPage().request(`http://127.0.0.1${path}`);
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe(type);
    expect(response.headers.get("content-security-policy")).toBe(contentPolicy);
    expect(response.headers.get("x-content-type-options")).toBe("nosniff");
    expect(response.headers.get("referrer-policy")).toBe("no-referrer");
    const etag = response.headers.get("etag") ?? "";
    const again = await createPage().request(`http://127.0.0.1${path}`, {
      headers: { "if-none-match": etag },
    });
    expect([again.status, await again.text()]).toEqual([304, ""]);
  });

  it("have nothing in them that the policy would refuse", async () => {
    const html = await (await createPage().request("http://127.0.0.1/")).text();
    expect(html).not.toMatch(/<script(?![^>]* src="\/)|<style|\son\w+=|\sstyle=|https?:/i);
    expect(pageScript).not.toMatch(
      /innerHTML|outerHTML|insertAdjacent|document\.write|eval\(|Function\(|\.style\b|srcdoc/,
    );
    for (const id of pageScript.matchAll(/(?:byId|show)\("([\w-]+)"/g))
      expect(html).toContain(`id="${id[1]}"`);
  });
});

const hostile = "<img src=x onerror=alert(1)>\u0000\u202Egnp";
const row = (id: string, change: object = {}): object => ({
  seq: 1,
  id,
  startedAt: "2026-11-20T14:00:00.000Z",
  endedAt: null,
  provider: "openai",
  modelAsked: "gpt-4o",
  model: hostile,
  key: { id: "k", alias: hostile, lastFour: "3fa1" },
  status: "complete",
  error: null,
  stream: true,
  ttftMs: 120,
  totalMs: 1500,
  tokens: null,
  usageSource: "missing",
  cost: null,
  costStatus: "no_usage",
  costReason: hostile,
  saved: null,
  diagnostics: [],
  audit: null,
  tags: [hostile],
  preview: hostile,
  traceId: null,
  sessionId: null,
  userId: null,
  delivery: { [hostile]: "dead" },
  ...change,
});
const totals = {
  calls: 1,
  failed: 0,
  cut: 0,
  unpriced: 1,
  free: 0,
  spend: null,
  saved: "-0.001",
  savedUnknown: 0,
  mismatches: 0,
  tokens: { total: { sum: null, unknown: 1 } },
  ttft: { p50: null, p95: null, p99: null, n: 0 },
  asOf: "2026-11-20T14:00:00.000Z",
};

async function started(answers: Record<string, object> = {}): Promise<FakePage> {
  const page = new FakePage({
    "/api/session": {
      version: "0.1.0",
      upstream: { kind: "recordings", host: null },
      demo: true,
      retentionDays: 30,
      recovered: null,
    },
    "/api/calls?limit=50": { items: [], watermark: 0, asOf: totals.asOf },
    ...answers,
  });
  new Script(pageScript).runInContext(createContext(page.globals));
  await page.settle();
  return page;
}

describe("the page", () => {
  it("says that nothing is billed, and where to send the first call", async () => {
    const page = await started();
    expect(page.text("notice")).toBe("Recorded calls, nothing is billed.");
    expect([page.element("empty").hidden, page.text("address")]).toEqual([
      false,
      "http://127.0.0.1:4400/v1/chat/completions",
    ]);
    expect(page.source?.url).toBe("/api/live");
  });

  it("shows calls in words, as text, and what cannot be seen as a sign", async () => {
    const page = await started({
      "/api/calls?limit=50": {
        items: [
          row("b", {
            seq: 2,
            cost: "0.000225",
            costStatus: "priced",
            model: "gpt-4o",
            status: "failure",
            error: { status: 429 },
          }),
          row("a/../x?", { costStatus: "unpriced" }),
        ],
        watermark: 2,
      },
    });
    const [first, second] = page.element("calls").children;
    expect(first?.textContent).toContain("$0.000225");
    expect(first?.textContent).toContain("failed: 429");
    expect(second?.textContent).toContain("no price");
    expect(second?.textContent).toContain("<img src=x onerror=alert(1)>␀[U+202E]gnp");
    expect(second?.textContent).toContain("tokens unknown");
    expect(second?.find("a")?.href).toBe("/api/calls/a%2F..%2Fx%3F");
    expect(page.names()).not.toContain("img");
    expect(page.source?.url).toBe("/api/live?since=2");
  });

  it("follows a call from its first word to its end", async () => {
    const page = await started();
    page.source?.tell("hello", { seq: 0 });
    const live = {
      ...row("a"),
      status: "streaming",
      text: "Saturn ",
      cost: "0.0001",
      tokens: { in: 1, out: 2 },
    };
    page.source?.tell("calls", { start: [live], patch: [], end: [], gone: [] });
    const patch = { append: "has ", skipped: 0, cost: "0.0002", tokens: { in: 1, out: 3 } };
    page.source?.tell("calls", {
      start: [],
      patch: [
        ["a", patch],
        ["b", patch],
      ],
      end: [],
      gone: [],
    });
    page.frame();
    const [item] = page.element("live").children;
    expect(item?.textContent).toContain("Saturn has ");
    expect(item?.textContent).toContain("≈ $0.0002");
    page.source?.tell("calls", { start: [], patch: [], end: [row("a", { seq: 7 })], gone: [] });
    page.frame();
    expect([page.element("live").children.length, page.element("calls").children.length]).toEqual([0, 1]);
    expect(page.element("calls").textContent).toContain("no usage");
    expect(page.element("empty").hidden).toBe(true);
  });

  it("takes calls off that are gone, and begins anew on a new stream", async () => {
    const page = await started();
    const live = (id: string) => ({ ...row(id), status: "streaming", text: "", tokens: { in: 1, out: 0 } });
    page.source?.tell("calls", { start: [live("a"), live("b"), live("c")], patch: [], end: [], gone: ["b"] });
    page.frame();
    expect(page.element("live").children.map(({ dataset }) => dataset["callId"])).toEqual(["a", "c"]);
    page.source?.tell("hello", { seq: 9 });
    page.frame();
    expect(page.element("live").children).toEqual([]);
  });

  it("holds still while it is paused, and says how many are new", async () => {
    const page = await started();
    page.element("pause").click();
    for (let n = 1; n <= 3; n++)
      page.source?.tell("calls", { start: [], patch: [], end: [row(`call-${n}`, { seq: n })], gone: [] });
    page.frame();
    expect([page.element("calls").children.length, page.text("held")]).toEqual([
      0,
      "3 new, shown when you go on",
    ]);
    page.element("pause").click();
    expect(page.element("calls").children.map(({ dataset }) => dataset["callId"])).toEqual([
      "call-3",
      "call-2",
      "call-1",
    ]);
    expect(page.element("held").hidden).toBe(true);
  });

  it("shows a hundred and fifty calls at most", async () => {
    const page = await started();
    const end = Array.from({ length: 200 }, (_, n) => row(`call-${n}`, { seq: n + 1 }));
    page.source?.tell("calls", { start: [], patch: [], end, gone: [] });
    page.frame();
    expect(page.element("calls").children).toHaveLength(150);
    expect(page.element("calls").children[0]?.dataset["callId"]).toBe("call-199");
  });

  it("says what is unknown in words", async () => {
    const page = await started();
    page.source?.tell("totals", totals);
    page.frame();
    expect(page.text("totals")).toBe(
      "Spendno priceCalls1Failed, cut short0, 0First token, mediannot recordedTokensunknownSaved by caching-$0.001Claims that do not add up0",
    );
    expect(page.text("totals-note")).toBe("1 calls without a price not included");
  });

  it("shows what the sinks are at, and what went wrong there", async () => {
    const page = await started();
    const counts = { sent: 7, spooled: 1, buffered: 0, inFlight: 1, rejected: 0, dead: 2, dropped: 0 };
    const sink = { name: "langfuse", state: "open", ...counts, lastProblem: { reason: hostile } };
    page.source?.tell("delivery", { sinks: [sink] });
    page.frame();
    expect(page.text("delivery")).toMatch(/^langfuse: open, 7 sent, 2 waiting, 2 dead, .*<img src=x/);
  });

  it("keeps what it has and says why when the list cannot be read", async () => {
    const page = await started({
      "/api/calls?limit=50": { error: { code: "query_timeout", message: "too slow" } },
    });
    expect(page.text("problem")).toBe("The list cannot be read: too slow (503 query_timeout)");
    expect(page.source).toBeDefined();
  });

  it("connects again after a goodbye", async () => {
    const page = await started();
    const before = page.source;
    before?.tell("bye", { reason: "shutdown", retryMs: 2000 });
    page.frame();
    expect([before?.readyState, page.text("connection")]).toEqual([2, "Reconnecting"]);
    page.timer(2000);
    expect(page.source).not.toBe(before);
  });
});
