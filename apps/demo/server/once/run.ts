import { isRecording, lint } from "@waybill/core";
import { audit, createCostEngine } from "@waybill/cost";
import { catalog } from "@waybill/cost/catalog";

import { refusalOf, replayCall, type ReplayedCall } from "./calls.js";
import { deliver } from "./deliver.js";
import type { InputError, Inputs } from "./inputs.js";
import type { Report } from "./report.js";

/** Runs every input through Waybill: recordings become calls and are delivered, other documents are audited. */
export async function run({ documents, errors }: Inputs): Promise<Report> {
  const engine = createCostEngine({ catalog });
  const calls: ReplayedCall[] = [];
  const audited: Report["documents"] = [];
  const problems: InputError[] = [...errors];
  for (const document of documents) {
    const { file, schema, value, issues } = document;
    problems.push(
      ...issues.map(({ path, message }) => ({ file, path, message: `${message}; correct the ${schema}` })),
    );
    if (!isRecording(value) || schema !== "recording") {
      const report = audit(value, { engine, schema });
      audited.push({
        file,
        schema,
        ok: issues.length === 0,
        issues,
        lints: lint(schema, value),
        audit: report,
      });
      continue;
    }
    const refusal = refusalOf(value);
    if (refusal) problems.push({ file, ...refusal });
    else calls.push(await replayCall(file.replace(/\.json$/, ""), value, engine));
  }
  const delivery = await deliver(calls.map(({ payload }) => payload));
  for (const { id, reason } of delivery.undelivered) {
    problems.push({ file: id, path: "", message: `did not reach Langfuse: ${reason}` });
  }
  return {
    calls: calls.map(toRow),
    documents: audited,
    export: delivery,
    errors: problems,
  };
}

function toRow({ recording, result, cost, payloadIssues }: ReplayedCall): Report["calls"][number] {
  const [first] = result.completion.choices;
  const characters = Array.from(first?.message.content ?? "");
  return {
    recording,
    status: result.status,
    chunks: result.timing.chunks,
    finish: first?.finish_reason ?? null,
    model: result.completion.model,
    usage: result.usage,
    usageSource: result.usageSource,
    price: { status: cost.status, ...(cost.reason ? { reason: cost.reason } : {}) },
    cost: cost.cost,
    exact: cost.exact,
    content: { chars: characters.length, start: characters.slice(0, 30).join("") },
    diagnostics: result.diagnostics,
    ...(result.error ? { error: result.error.message } : {}),
    payloadIssues,
  };
}
