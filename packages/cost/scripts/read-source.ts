import { readFile } from "node:fs/promises";

import { CatalogError } from "./catalog-error.js";

/** The JSON value of a file or of an http(s) address. */
export async function readSource(place: string): Promise<unknown> {
  const text = /^https?:\/\//.test(place) ? await download(place) : await readText(place);
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new CatalogError(`${place} is not JSON: ${wordsOf(error)}. Download it anew, in full.`);
  }
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "ENOENT") throw new CatalogError(`${path}: there is no such file. Check the path.`);
    throw new CatalogError(`${path} cannot be read: ${wordsOf(error)}`);
  }
}

async function download(url: string): Promise<string> {
  let response: Response;
  try {
    response = await fetch(url);
  } catch (error) {
    const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
    throw new CatalogError(
      `${url} cannot be reached: ${wordsOf(cause)}. Download it by other means and name the file.`,
    );
  }
  if (!response.ok) throw new CatalogError(`${url} answered ${response.status}. Check the address.`);
  return response.text();
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
