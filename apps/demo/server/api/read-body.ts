import { parseJsonText } from "@waybill/core";

import { ApiProblem } from "./api-problem.js";

/**
 * The body of a request as text. What is beyond the limit is not read.
 * @throws ApiProblem `request_too_large`, `bad_text`
 */
export async function readText(request: Request, limit: number): Promise<string> {
  const stated = Number(request.headers.get("content-length") ?? 0);
  if (stated > limit) throw tooLarge(limit);
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  // A loop that is left lets go of the body.
  for await (const piece of request.body ?? []) {
    bytes += piece.length;
    if (bytes > limit) throw tooLarge(limit);
    pieces.push(piece);
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(pieces));
  } catch (error) {
    throw new ApiProblem(400, "bad_text", "the body is not UTF-8 text", { cause: error });
  }
}

const MOST_MEMBERS = 64 * 1024;

/**
 * The body of a request that says what is to be done: a JSON object, or nothing, which is an empty one.
 * @throws ApiProblem `unsupported_type`, `request_too_large`, `bad_json`
 */
export async function readMembers(request: Request): Promise<Record<string, unknown>> {
  const text = await readText(request, MOST_MEMBERS);
  if (text === "") return {};
  // A form of another site cannot send this type without being asked.
  if (!/^application\/json\b/i.test(request.headers.get("content-type") ?? ""))
    throw new ApiProblem(415, "unsupported_type", "the body is to be JSON", {
      hint: "content-type: application/json",
    });
  const parsed = parseJsonText(text);
  const value = parsed.ok ? parsed.value : undefined;
  if (typeof value === "object" && value !== null && !Array.isArray(value))
    return value as Record<string, unknown>;
  const why = parsed.ok ? "it is no object" : (parsed.issues[0]?.message ?? "it cannot be read");
  throw new ApiProblem(400, "bad_json", `the body is to be a JSON object: ${why}`);
}

function tooLarge(limit: number): ApiProblem {
  return new ApiProblem(413, "request_too_large", `the body has more than ${limit} bytes`, {
    hint: "send less",
  });
}
