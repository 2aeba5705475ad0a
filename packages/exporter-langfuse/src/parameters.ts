import { toJson } from "@waybill/exporter-otlp/http";

/** Names of what is a secret, or may hold one. */
const secret = /api_?key|secret|password|passwd|authorization|credential|access_?token|bearer|headers$/i;

/** What is content, and stands in the input. */
const content = new Set(["tools", "functions", "prediction", "messages", "prompt", "input"]);

/** Whether a parameter of this name must not be sent. */
export function isSecret(name: string): boolean {
  return secret.test(name);
}

/**
 * The parameters of a call for Langfuse, whose server refuses a generation for nested values and drops nulls: what is no
 * text, number or boolean is JSON text. What has no JSON text is left out, and so are content and what may be a secret.
 */
export function parametersOf(parameters: object): Record<string, string | number | boolean> {
  const kept: [string, string | number | boolean][] = [];
  for (const [name, value] of Object.entries(parameters) as [string, unknown][]) {
    if (content.has(name) || isSecret(name) || name === "__proto__") continue;
    const scalar = scalarOf(value);
    if (scalar !== undefined) kept.push([name, scalar]);
  }
  return Object.fromEntries(kept);
}

function scalarOf(value: unknown): string | number | boolean | undefined {
  if (typeof value === "string" || typeof value === "boolean") return value;
  if (typeof value === "number") return Number.isFinite(value) ? value : undefined;
  if (typeof value !== "object" || value === null) return undefined;
  try {
    return toJson(value);
  } catch {
    return undefined;
  }
}
