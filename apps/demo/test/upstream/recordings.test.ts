import { readFileSync } from "node:fs";

import { checkRecording, type Recording } from "@waybill/core";
import { audit, createCostEngine } from "@waybill/cost";
import { catalog } from "@waybill/cost/catalog";
import { recordingChunks } from "@waybill/recordings";
import { accumulate } from "@waybill/stream";
import { describe, expect, it } from "vitest";

import { recordCalls } from "../../scripts/record-calls.js";
import { bundledRecordings } from "../../server/upstream/bundled-recordings.js";
import { kindOf, type RecordingKind } from "../../server/upstream/recording-kind.js";

const recordings = bundledRecordings();
const made = recordings.filter((recording) => kindOf(recording) !== undefined);
const ofKind = (...kinds: RecordingKind[]) => made.filter((recording) => kinds.includes(kindOf(recording)!));

const engine = createCostEngine({ catalog });
const bodyOf = ({ request }: Recording) => (request.body ?? request.payload) as Record<string, unknown>;
const isChat = ({ request }: Recording) => request.endpoint === "/v1/chat/completions";

/** What a recording of a chat says; the usage of a whole one is in its completion. */
async function resultOf(recording: Recording) {
  const chunks = recordingChunks(recording) as object[];
  if (recording.response.is_streaming) return accumulate(chunks);
  return accumulate(JSON.stringify(chunks[0]));
}

describe("the bundled recordings", () => {
  it("are what the script makes", async () => {
    const file = new URL("../../recordings/calls.jsonl", import.meta.url);
    // Compared by whether they are equal: a difference of 400 kB is of use to nobody.
    expect((await recordCalls()) === readFileSync(file, "utf8"), "run scripts/make-recordings.ts").toBe(true);
  });

  it("are 48 with the seeds, valid, and each asks something else", () => {
    expect(recordings).toHaveLength(48);
    expect(recordings.flatMap((recording) => checkRecording(recording).ok)).toEqual(Array(48).fill(true));
    const asked = made.map((recording) => JSON.stringify([recording.request.url, bodyOf(recording)]));
    expect(new Set(asked).size).toBe(46);
  });

  it("have every kind, and eight models of five providers that have a price", () => {
    const kinds: RecordingKind[] = ["stream", "whole", "tool", "parallel-tools", "cached", "reasoning"];
    kinds.push("embeddings", "several-choices", "unpriced", "hostile", "mismatch");
    expect(new Set(made.map(kindOf))).toEqual(new Set(kinds));
    const chats = made.filter((recording) => isChat(recording) && kindOf(recording) !== "unpriced");
    const models = new Set(chats.map((recording) => String(bodyOf(recording)["model"])));
    const resolved = [...models].map((model) => engine.resolve(model));
    expect(resolved.map(({ found }) => found)).toEqual(Array(8).fill(true));
    const providers = resolved.flatMap((resolution) => (resolution.found ? [resolution.model.provider] : []));
    expect(new Set(providers).size).toBe(5);
  });

  it("have usage that adds up, and a price unless they are meant to have none", async () => {
    for (const recording of made.filter(isChat)) {
      const { status, usage, completion, diagnostics } = await resultOf(recording);
      // T9 is how the accumulator says that an answer came in one piece.
      const codes = diagnostics.map(({ code }) => code).filter((code) => code !== "T9");
      expect([status, codes]).toEqual(["complete", []]);
      const { prompt_tokens: input, completion_tokens: output, total_tokens: total } = usage ?? {};
      expect(Number(input) + Number(output)).toBe(total);
      const { status: priced } = engine.price({ model: completion.model ?? "", usage, at: "2026-11-20" });
      expect(priced).toBe(kindOf(recording) === "unpriced" ? "unpriced" : "priced");
    }
  });

  it("state a cost that is wrong in the mismatch alone", async () => {
    for (const recording of made.filter(isChat)) {
      const { completion } = await resultOf(recording);
      const { verdict } = audit(completion, { engine, schema: "chat-completion" });
      expect(verdict === "mismatch").toBe(kindOf(recording) === "mismatch");
    }
  });

  it("show what their kinds promise", async () => {
    const callsOf = async (recording: Recording) =>
      (await resultOf(recording)).completion.choices?.[0]?.message?.tool_calls?.length ?? 0;
    expect(Math.min(...(await Promise.all(ofKind("parallel-tools").map(callsOf))))).toBeGreaterThan(1);
    for (const recording of ofKind("cached")) {
      const { usage } = await resultOf(recording);
      expect(usage?.["prompt_tokens_details"]).toMatchObject({ cached_tokens: expect.any(Number) as number });
    }
    const said = await Promise.all(
      ofKind("hostile").map(async (recording) => (await resultOf(recording)).completion),
    );
    const texts = said.map(({ choices }) => choices?.[0]?.message?.content);
    for (const part of ["<script>", "\u001b[31m", "\u0000", "\u202e"]) expect(texts.join("")).toContain(part);
  });
});
