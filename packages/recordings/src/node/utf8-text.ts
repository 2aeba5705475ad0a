import { RecordingStoreError } from "../store/errors.js";

/** The text of a file's bytes, with its byte order mark. @throws RecordingStoreError that names the byte that is no UTF-8 */
export function utf8Text(bytes: Uint8Array, file: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    const message = `is not UTF-8 (byte ${firstWrongByte(bytes)})`;
    const issues = [{ path: "", code: "encoding", message }];
    throw new RecordingStoreError("invalid-file", `${file} ${message}`, { file, issues, cause });
  }
}

/** Where the text, read leniently, holds a replacement character that the bytes do not. */
function firstWrongByte(bytes: Uint8Array): number {
  const lenient = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
  let byte = 0;
  for (const character of lenient) {
    const isGenuine = bytes[byte] === 0xef && bytes[byte + 1] === 0xbf && bytes[byte + 2] === 0xbd;
    if (character === "\ufffd" && !isGenuine) break;
    byte += Buffer.byteLength(character);
  }
  return byte;
}
