import { describe, expect, it } from "vitest";

import { readCommandLine, type Command } from "../../server/settings/command-line.js";
import { optionList } from "../../server/settings/options.js";
import { usage } from "../../server/settings/usage.js";

describe("a command line", () => {
  it.each<[string, string[], Command]>([
    ["nothing: the server", [], { name: "serve" }],
    ["a flag of the server", ["--port", "1"], { name: "serve" }],
    ["--once", ["--once"], { name: "once", json: false, files: [] }],
    ["--json alone", ["--json"], { name: "once", json: true, files: [] }],
    ["files", ["a.json", "b.json"], { name: "once", json: false, files: ["a.json", "b.json"] }],
    ["files behind --", ["--", "--odd.json"], { name: "once", json: false, files: ["--odd.json"] }],
    ["--help before all else", ["--once", "-h"], { name: "help" }],
    ["--print-config", ["--print-config", "--port", "1"], { name: "print-config" }],
  ])("is read from %s", (_, args, command) => {
    expect(readCommandLine(args)).toMatchObject({ ok: true, line: { command } });
  });

  it.each([["--jsn"], ["-x"], ["--__proto__"], ["--constructor=1"], ["--no-port"], ["--\u001b[2J"]])(
    "with %s is refused",
    (arg) => {
      const read = readCommandLine([arg]);
      expect(read).toMatchObject({
        ok: false,
        problems: [{ message: expect.stringMatching(/unknown option/) }],
      });
    },
  );
});

describe("the help", () => {
  const text = usage();

  it("names every flag and every variable", () => {
    const names = optionList.flatMap(([, { flag, env = [] }]) => [...(flag ? [`--${flag}`] : []), ...env]);
    for (const name of [
      ...names,
      "--once",
      "--json",
      "FILE",
      "--help",
      "--config",
      "--print-config",
      "--no-traffic",
    ])
      expect(text).toContain(name);
  });

  it("fits into a terminal of 110 columns", () => {
    expect(text.split("\n").filter((line) => line.length > 110)).toEqual([]);
  });
});
