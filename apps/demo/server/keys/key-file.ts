import { randomUUID } from "node:crypto";
import { mkdir, open, readFile, rename, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";

import { Value } from "@sinclair/typebox/value";
import { parseJsonText } from "@waybill/core";
import { wordsOf } from "@waybill/core/thrown";

import { KeyFileSchema, type KeyRecord } from "./key-record.js";
import { KeysError } from "./problems.js";

/** Larger files are no files of keys, and are not read. */
const MAX_BYTES = 16 * 1024 * 1024;

/** The text of a file; null when there is none. @throws KeysError */
export async function readText(path: string): Promise<string | null> {
  try {
    const { size } = await stat(path);
    if (size > MAX_BYTES) throw new KeysError("keys-damaged", `${path} is too large to be a file of ours`);
    return await readFile(path, "utf8");
  } catch (error) {
    if ((error as { code?: unknown }).code === "ENOENT") return null;
    if (KeysError.isInstance(error)) throw error;
    const cure = "make it readable for the user of this process, or name another with --keys";
    throw new KeysError("keys-io", `${path} cannot be read (${wordsOf(error)}): ${cure}`, { cause: error });
  }
}

/** The keys that a text holds. A text that is damaged is never taken for one without keys. @throws KeysError */
export function parseKeys(path: string, text: string): KeyRecord[] {
  const refuse = (what: string) => {
    const cure = "it was left as it is; bring it back from a copy, or move it away and make new keys";
    throw new KeysError("keys-damaged", `${path} is no file of keys (${what}): ${cure}`);
  };
  const parsed = parseJsonText(text, { textLength: MAX_BYTES, depth: 8 });
  if (!parsed.ok) return refuse(parsed.issues[0]?.message ?? "no JSON");
  const { value } = parsed;
  if (!Value.Check(KeyFileSchema, value)) {
    // The value at fault may be part of a secret: the path alone is told.
    return refuse(`at ${Value.Errors(KeyFileSchema, value).First()?.path || "the top"}`);
  }
  for (const member of ["id", "hmac", "name"] as const)
    if (new Set(value.keys.map((key) => key[member])).size < value.keys.length)
      return refuse(`a ${member} twice`);
  return value.keys;
}

export function textOfKeys(keys: Iterable<KeyRecord>): string {
  return `${JSON.stringify({ version: 1, keys: [...keys] }, null, 2)}\n`;
}

/**
 * Writes a file as a whole or not at all, for nobody else to read: a name of its own first, down to the disk, and then that
 * of the file.
 */
export async function writeWhole(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const draft = `${path}.${randomUUID()}.tmp`;
  try {
    const file = await open(draft, "wx", 0o600);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
  await syncFolder(dirname(path));
}

/** After it the new name outlives a power cut. Some systems cannot open folders: there the name is as safe as it gets. */
async function syncFolder(path: string): Promise<void> {
  try {
    const folder = await open(path, "r");
    await folder.sync().finally(() => folder.close());
  } catch {
    // The file itself is on the disk.
  }
}
