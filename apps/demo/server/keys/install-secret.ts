import { chmod, stat } from "node:fs/promises";

import { wordsOf } from "@waybill/core/thrown";

import { readText, writeWhole } from "./key-file.js";
import { KeysError } from "./problems.js";

/**
 * The secret by which keys become HMACs: 32 bytes that are made once for an installation and lie beside its keys. Who gets
 * hold of the file of keys alone cannot try keys against it.
 * @throws KeysError when it is damaged, or missing beside a file that has keys
 */
export async function installSecret(
  keysFile: string,
  hasKeys: boolean,
  randomBytes: (count: number) => Uint8Array,
): Promise<Uint8Array> {
  const path = `${keysFile}.secret`;
  const text = await readText(path);
  if (text !== null) {
    if (!/^[0-9a-f]{64}\n?$/.test(text)) {
      const cure = "bring it back from a copy, or move it and the file of keys away and make new keys";
      throw new KeysError("keys-damaged", `${path} is no secret of ours: ${cure}`);
    }
    await closeToOthers(path);
    return Buffer.from(text.trim(), "hex");
  }
  if (hasKeys) {
    const cure = "bring it back from a copy, or move the file of keys away and make new ones";
    throw new KeysError(
      "keys-secret-missing",
      `${path} is missing, without which no key is recognised: ${cure}`,
    );
  }
  const secret = randomBytes(32);
  try {
    await writeWhole(path, `${Buffer.from(secret).toString("hex")}\n`);
  } catch (error) {
    const cure = "let the user of this process write there, or name another place with --keys";
    throw new KeysError("keys-io", `${path} cannot be written (${wordsOf(error)}): ${cure}`, {
      cause: error,
    });
  }
  return secret;
}

/** A copy from elsewhere is often readable for all. */
async function closeToOthers(path: string): Promise<void> {
  try {
    const { mode } = await stat(path);
    if ((mode & 0o077) !== 0) await chmod(path, 0o600);
  } catch {
    // Somebody else's file: it was read, which is all that is needed.
  }
}
