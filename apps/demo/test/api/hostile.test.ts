import type { StandardLoggingPayloadEmit } from "@waybill/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import {
  CallsAnswerSchema,
  FacetsSchema,
  LiveWaybillSchema,
  WaybillSchema,
  type CallsAnswer,
  type FacetsAnswer,
  type LiveWaybill,
  type Waybill,
} from "../../server/api/schemas.js";
import { ledgerExporter } from "../../server/ledger/exporter.js";
import { payloadOf } from "../ledger/calls.js";
import { EventReader, named } from "../live/events.js";
import { harness, liveCall, type Harness } from "./api-harness.js";

/* Text that is harmless only as text. */
const texts: readonly string[] = [
  "<script>alert(1)</script>",
  "<img src=x onerror=alert(1)>",
  "'); DROP TABLE calls; --",
  '" OR "1"="1',
  "${7*7} {{7*7}} `id`",
  "javascript:alert(1)",
  "../../../etc/passwd",
  "\u0000 between",
  "\u001b[31mred\u001b[0m",
  "\u202Egnp.exe",
  "\u200B\u2060\uFEFF",
  "half \uD83D of a pair",
  "😀 字 é ﷽",
  "%00%0d%0aset-cookie: a=b",
  "data: x\n\nevent: bye\ndata: {}\n\n",
  "=cmd|'/c calc'!A1",
  "__proto__",
  "constructor",
  "null",
  "a".repeat(900),
];

let test: Harness;
let payloads: StandardLoggingPayloadEmit[] = [];

beforeAll(async () => {
  test = await harness();
  const exporter = ledgerExporter(test.ledger, { onAppended: (rows) => test.feed.appended(rows) });
  payloads = texts.map((text, n) =>
    payloadOf({
      id: n === 11 ? `call-${n}` : `call-${n} ${text}`,
      text,
      context: { traceId: text, sessionId: text, userId: text, tags: [text], metadata: { note: text } },
    }),
  );
  await exporter.export(payloads, { signal: new AbortController().signal, attempt: 1 });
});
afterAll(async () => test.close());

/** What columns hold of a text that is no UTF-8. */
function written(text: string): string {
  return text.replace(/[\uD800-\uDBFF](?![\uDC00-\uDFFF])/g, "\uFFFD");
}

describe("a call full of hostile text", () => {
  it.each(texts.map((text, n): [number, string] => [n, text]))(
    "(%i) comes back as it was sent",
    async (n, text) => {
      const payload = payloads[n] as StandardLoggingPayloadEmit;
      const path = `/api/calls/${encodeURIComponent(payload.id)}`;
      const waybill = await test.read<Waybill>(path, WaybillSchema);
      expect([waybill.row.id, waybill.row.traceId, waybill.row.tags]).toEqual([
        payload.id,
        written(text),
        [written(text)],
      ]);
      const choices = (waybill.completion as { choices: { message: { content: string } }[] }).choices;
      expect(choices[0]?.message.content).toBe(text);
      const { text: document, headers } = await test.get(`${path}/payload?download=1`);
      expect(JSON.parse(document)).toEqual(payload);
      expect(headers.get("content-disposition")).toMatch(/^attachment; filename="[\w.-]+"$/);
      for (const sink of ["langfuse", "otlp"])
        expect((await test.get(`${path}/exports/${sink}`)).status).toBe(200);
    },
  );

  it.each(texts.map((text, n): [number, string] => [n, text]))(
    "(%i) is found by its tag and its id, and nothing else is",
    async (n, text) => {
      const id = payloads[n]?.id ?? "";
      for (const search of [new URLSearchParams({ tag: text }), new URLSearchParams({ q: id })]) {
        const { items } = await test.read<CallsAnswer>(`/api/calls?${search.toString()}`, CallsAnswerSchema);
        expect(items.map((row) => row.id)).toEqual([id]);
      }
      const search = new URLSearchParams({ "-tag": text, limit: "200" });
      const { items } = await test.read<CallsAnswer>(`/api/calls?${search.toString()}`, CallsAnswerSchema);
      expect(items).toHaveLength(texts.length - 1);
    },
  );

  it("is counted by its tags", async () => {
    const facets = await test.read<FacetsAnswer>("/api/facets?field=tag", FacetsSchema);
    expect(new Set(facets.values.map(({ value }) => value))).toEqual(new Set(texts.map(written)));
    expect((await test.get("/api/export?format=jsonl")).text.trim().split("\n")).toHaveLength(
      texts.length + 1,
    );
  });

  it("is told live as one event a line, whatever it says", async () => {
    for (const [n, text] of texts.entries())
      test.calls.start(liveCall(`live-${n}`, { text: `${text} `, context: { tags: [text], userId: text } }));
    const response = await test.api.request("http://127.0.0.1/api/live");
    const reader = new EventReader(response.body as ReadableStream<Uint8Array>);
    const rows = named(await reader.drain(), "calls").flatMap(({ start }) => start);
    expect(rows.map(({ tags, userId }) => [tags, userId])).toEqual(texts.map((text) => [[text], text]));
    for (const [n, text] of texts.entries()) {
      const live = await test.read<LiveWaybill>(`/api/calls/live-${n}`, LiveWaybillSchema);
      expect(live.text).toBe(`${text} `);
      test.calls.settled(`live-${n}`);
    }
    await reader.cancel();
  });
});
