import { execFileSync } from "node:child_process";

import { InvalidDocumentError, WaybillError } from "@waybill/core";
import { parseUsage } from "@waybill/core/usage";
import { describe, expect, it } from "vitest";

const program = `
  let forbidden = false;
  try { new Function("return 1")(); } catch { forbidden = true; }
  const { readFileSync, readdirSync } = await import("node:fs");
  const { checkText, detect, parseJsonText } = await import("@waybill/core");
  const { checkEmit } = await import("@waybill/core/registry");
  const seeds = process.argv[1];
  const verdicts = readdirSync(seeds).filter((name) => name.endsWith(".json")).map((name) => {
    const text = readFileSync(seeds + "/" + name, "utf8");
    return checkText(text, detect(parseJsonText(text).value)).ok;
  });
  console.log(JSON.stringify({ forbidden, verdicts, emit: checkEmit("usage", {}).ok }));
`;

describe("an error", () => {
  it("of a subpath is recognised by the class of the root, which is another copy", () => {
    const error = thrownBy(() => parseUsage([]));
    expect(InvalidDocumentError.isInstance(error)).toBe(true);
    expect(WaybillError.isInstance(error)).toBe(true);
    expect(WaybillError.isInstance(new Error("no"))).toBe(false);
    expect(error).toMatchObject({ name: "InvalidDocumentError", code: "invalid-document" });
  });
});

function thrownBy(run: () => unknown): unknown {
  try {
    return run();
  } catch (error) {
    return error;
  }
}

describe("the validators", () => {
  it("run where code generation is forbidden", () => {
    const seeds = new URL("../../fixtures/seeds", import.meta.url).pathname;
    const flags = ["--disallow-code-generation-from-strings", "--input-type=module", "-e", program, seeds];
    const output = execFileSync(process.execPath, flags, { encoding: "utf8", cwd: import.meta.dirname });
    expect(JSON.parse(output)).toEqual({
      forbidden: true,
      verdicts: [true, true, true, true, true],
      emit: false,
    });
  });
});
