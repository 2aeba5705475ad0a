import {
  detect,
  isRecording,
  parseJsonText,
  schemaNames,
  type SchemaName,
  type StreamResult,
} from "@waybill/core";
import type { CostEngine } from "@waybill/cost";
import { normalizeUsage } from "@waybill/cost";
import { recordingChunks } from "@waybill/recordings";
import { accumulate } from "@waybill/stream";

import { membersOf, textOf } from "../ledger/members.js";
import { ApiProblem } from "./api-problem.js";
import { isoOf } from "./asking.js";
import { auditOf, checkDocument, lintsOf, unreadable } from "./findings.js";
import { withinRoom } from "./room.js";
import type { AuditAnswer } from "./schemas.js";
import { costAnswer } from "./stored-cost.js";

/** What the beginning of a captured stream looks like; JSON begins with none of it. */
const capture = /^\uFEFF?\s*(?:data|event|id|retry)?:/;

/**
 * Looks at a document: which format it is of, whether it is as that should be, what is odd, and whether its costs add up.
 * Streams, also captured ones, are made one completion first.
 * @throws ApiProblem `empty`
 */
export async function auditText(text: string, engine: CostEngine, now: number): Promise<AuditAnswer> {
  if (text.trim() === "")
    throw new ApiProblem(400, "empty", "the body is empty", {
      hint: "send a document, or a captured stream",
    });
  const found = capture.test(text) ? await ofStream(text, "sse", engine) : await ofJson(text, engine);
  const answer: AuditAnswer = { ...found, omitted: [], asOf: isoOf(now) };
  const fields = answer.normalized
    ? ["/normalized/completion", "/normalized/diagnostics", "/normalized/usage"]
    : [];
  return withinRoom(answer, [...fields, "/lints", "/audit/claims", "/check/issues"]);
}

type Found = Omit<AuditAnswer, "omitted" | "asOf">;

async function ofJson(text: string, engine: CostEngine): Promise<Found> {
  const parsed = parseJsonText(text);
  if (!parsed.ok) return unknown(unreadable(parsed.issues));
  const { value } = parsed;
  if (Array.isArray(value) && value.length > 0 && value.every(isChunk))
    return ofStream(value, "chunks", engine);
  const schema = detect(value);
  if (!schema) {
    const message = `JSON of no known format; there are ${schemaNames.join(", ")}, and lists of chunks`;
    return unknown(unreadable([{ path: "", code: "unknown-format", message }]));
  }
  return {
    detected: schema,
    form: "json",
    check: checkDocument(schema, value),
    lints: lintsOf(schema, value),
    audit: auditOf(value, engine, schema),
    normalized: await normalized(schema, value, engine),
  };
}

function isChunk(value: unknown): value is object {
  return detect(value) === "chat-completion-chunk";
}

/** A stream: what it comes to is looked at as a completion. */
async function ofStream(
  source: string | object[],
  form: "sse" | "chunks",
  engine: CostEngine,
): Promise<Found> {
  const result = await accumulate(source);
  const { completion } = result;
  return {
    detected: "chat-completion-chunk",
    form,
    check: checkDocument("chat-completion", completion),
    lints: lintsOf("chat-completion", completion),
    audit: auditOf(completion, engine, "chat-completion"),
    normalized: streamed(result, engine),
  };
}

async function normalized(
  schema: SchemaName,
  value: unknown,
  engine: CostEngine,
): Promise<AuditAnswer["normalized"]> {
  switch (schema) {
    case "recording": {
      if (!isRecording(value)) return null;
      const chunks = recordingChunks(value).filter((chunk) => typeof chunk === "object" && chunk !== null);
      return chunks.length === 0 ? null : streamed(await accumulate(chunks), engine);
    }
    case "chat-completion-chunk":
      return streamed(await accumulate([value as object]), engine);
    case "chat-completion": {
      const { model, usage } = membersOf(value);
      return { ...nothing, ...priced(textOf(model), usage, engine) };
    }
    case "usage":
      return { ...nothing, usage: usageOf(value) };
    default:
      return null;
  }
}

const nothing = { completion: null, status: null, diagnostics: [], usage: null, cost: null };

function streamed(result: StreamResult, engine: CostEngine): AuditAnswer["normalized"] {
  const { completion, status, diagnostics, usage } = result;
  return { completion, status, diagnostics, ...priced(textOf(completion.model), usage, engine) };
}

function priced(
  model: string | null,
  usage: unknown,
  engine: CostEngine,
): Pick<NonNullable<AuditAnswer["normalized"]>, "usage" | "cost"> {
  const cost = engine.price({ model: model ?? "", usage });
  return { usage: cost.usage, cost: costAnswer(cost) };
}

/** Null for what no provider means by it. */
function usageOf(raw: unknown): ReturnType<typeof normalizeUsage> | null {
  try {
    return normalizeUsage(raw);
  } catch {
    return null;
  }
}

function unknown(check: AuditAnswer["check"]): Found {
  const reason = "only a document of a known format states a cost";
  return {
    detected: null,
    form: "json",
    check,
    lints: [],
    audit: { verdict: "unverifiable", claims: [], more: 0, reason },
    normalized: null,
  };
}
