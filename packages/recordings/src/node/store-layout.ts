import { readdir } from "node:fs/promises";
import { basename, isAbsolute, parse, resolve } from "node:path";
import { fileURLToPath } from "node:url";

import { WaybillError } from "@waybill/core";

import { fileError, isMissing } from "./file-error.js";

/** Where recordings lie. */
export type LayoutOptions = {
  /**
   * The root of the repository, which test ids begin at. If not given it is, as in llama-stack, three levels above an
   * absolute base folder, and the working directory for a relative one. Tools that verify, rename and remove go through all
   * of a root that was given, but never through one that was guessed.
   */
  root?: string | URL | undefined;
  /**
   * `tests`: each test's recordings in a folder `recordings` beside its file, all others in `recordings` of the base folder.
   * `flat`: all in the folder itself. If not given, what is there decides: a folder `recordings` in it means `tests`;
   * otherwise `flat` it is when the folder is called `recordings`, holds JSON files and is no package, or has no three levels
   * above.
   */
  layout?: "tests" | "flat" | undefined;
};

/** Folders by absolute paths, as they were named. */
export type Layout = {
  /** The folder that was opened. */
  dir: string;
  /** The folder inside of it that holds the recordings of no test: `recordings`, or "" when all lie in one folder. */
  base: "recordings" | "";
  /** Where test ids begin; undefined when all recordings lie in one folder, or when it is not known. */
  root: string | undefined;
  /** How far tools go that look after recordings: through the whole root only when the caller named it. */
  reach: "folder" | "below" | "root";
};

/** Decides by what is in a folder how recordings are laid out. */
export async function layoutOf(dir: string, options: LayoutOptions, workingFolder: string): Promise<Layout> {
  const folder = resolve(workingFolder, dir);
  const root = rootOf(dir, folder, options.root, workingFolder);
  const layout = options.layout ?? (await guess(folder, root));
  return layout === "flat"
    ? { dir: folder, base: "", root: undefined, reach: options.layout === "flat" ? "folder" : "below" }
    : { dir: folder, base: "recordings", root, reach: options.root === undefined ? "below" : "root" };
}

/**
 * An empty path would be the working directory, which nobody means.
 * @throws WaybillError `bad-option`
 */
export function checkLayout(dir: string | URL, { root, layout }: LayoutOptions): void {
  if (dir === "" || root === "")
    throw new WaybillError("bad-option", `the ${dir === "" ? "folder" : "root"} is empty: name one, or "."`);
  if (layout !== undefined && layout !== "tests" && layout !== "flat")
    throw new WaybillError("bad-option", `layout is "tests" or "flat", not ${JSON.stringify(layout)}`);
}

/** The path of a folder that was given as a path or as a file URL. */
export function pathOf(dir: string | URL): string {
  return dir instanceof URL ? fileURLToPath(dir) : dir;
}

function rootOf(
  dir: string,
  folder: string,
  given: string | URL | undefined,
  workingFolder: string,
): string | undefined {
  if (given !== undefined) return resolve(workingFolder, pathOf(given));
  if (!isAbsolute(dir)) return workingFolder;
  const above = resolve(folder, "../../..");
  // A whole disk is no repository.
  return above === parse(folder).root ? undefined : above;
}

async function guess(folder: string, root: string | undefined): Promise<"tests" | "flat"> {
  const names = await namesIn(folder);
  if (names.includes("recordings")) return "tests";
  const holdsFiles = names.some((name) => name.endsWith(".json")) && !names.includes("package.json");
  return holdsFiles || basename(folder) === "recordings" || root === undefined ? "flat" : "tests";
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (isMissing(error)) return [];
    throw fileError(error, "open", folder);
  }
}
