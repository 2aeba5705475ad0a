import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

import { describe, expect, it } from "vitest";

const packages = fileURLToPath(new URL("../../packages", import.meta.url));

/** Which siblings each package may import: data moves left to right, and so do imports. */
const allowed: Record<string, string[]> = {
  core: [],
  stream: ["core"],
  cost: ["core"],
  payload: ["core"],
  testkit: ["core"],
  recordings: ["core", "stream"],
  pipeline: ["core"],
  spool: ["core"],
  "exporter-otlp": ["core"],
  "exporter-langfuse": ["core", "exporter-otlp"],
  fetch: ["core", "stream", "cost", "payload"],
};

/** Where Node's own modules may be imported: a package for it, and the part of one that says so. */
const ofNode: Record<string, RegExp> = { testkit: /./, spool: /./, recordings: /\/src\/node(?:\.ts$|\/)/ };

type Manifest = { dependencies?: Record<string, string> };

function sourcesOf(name: string): string[] {
  return readdirSync(join(packages, name, "src"), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .map((file) => join(packages, name, "src", file));
}

function importsOf(file: string): string[] {
  const text = readFileSync(file, "utf8");
  return [...text.matchAll(/(?:from|import) "([^"]+)"/g)].map(([, specifier]) => specifier ?? "");
}

describe("the packages", () => {
  it("are those that have a direction", () => {
    expect(readdirSync(packages).toSorted()).toEqual(Object.keys(allowed).toSorted());
  });

  it.each(Object.keys(allowed))(
    "%s imports only what its place allows and its package.json lists",
    (name) => {
      const manifest = JSON.parse(readFileSync(join(packages, name, "package.json"), "utf8")) as Manifest;
      const listed = Object.keys(manifest.dependencies ?? {});
      const siblings = (allowed[name] ?? []).map((sibling) => `@waybill/${sibling}`);
      const wrong = sourcesOf(name).flatMap((file) =>
        importsOf(file).filter((specifier) => {
          if (specifier.startsWith("."))
            return !resolve(dirname(file), specifier).startsWith(join(packages, name, "src"));
          if (specifier.startsWith("node:")) return !ofNode[name]?.test(file);
          const [scope = "", part = ""] = specifier.split("/");
          const owner = scope.startsWith("@") ? `${scope}/${part}` : scope;
          return !listed.includes(owner) || (owner.startsWith("@waybill/") && !siblings.includes(owner));
        }),
      );
      expect(wrong).toEqual([]);
      expect(listed.filter((each) => each.startsWith("@waybill/") && !siblings.includes(each))).toEqual([]);
    },
  );
});
