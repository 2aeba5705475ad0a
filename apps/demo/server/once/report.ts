import type { Diagnostic, Finding, Issue, SchemaName, StreamResult, CostResult } from "@waybill/core";
import type { AuditReport } from "@waybill/cost";

import type { InputError } from "./inputs.js";

/** What one run found: the JSON document of `--json`, and what the table is drawn from. */
export type Report = {
  calls: {
    recording: string;
    status: StreamResult["status"];
    chunks: number;
    finish: string | null;
    model: string | null;
    usage: StreamResult["usage"];
    usageSource: StreamResult["usageSource"];
    price: { status: CostResult["status"]; reason?: string };
    /** USD as a double. */
    cost: number | null;
    /** USD as decimal text. */
    exact: string | null;
    /** The answer: its length in characters and how it begins. */
    content: { chars: number; start: string };
    diagnostics: Diagnostic[];
    /** What the provider called an error. */
    error?: string;
    payloadIssues: Issue[];
  }[];
  documents: {
    file: string;
    schema: SchemaName;
    ok: boolean;
    issues: Issue[];
    lints: Finding[];
    audit: AuditReport;
  }[];
  export: {
    events: number;
    accepted: number;
    rejected: number;
    stored: { id: string; usageDetails: unknown; costDetails: unknown }[];
    /** Calls that did not arrive, and why. */
    undelivered: { id: string; reason: string }[];
  };
  errors: InputError[];
};
