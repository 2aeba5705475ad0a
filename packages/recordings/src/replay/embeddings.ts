import { copyOf, isObject } from "./copy-with.js";

/*
 * Clients ask for embeddings as base64 of 32-bit floats, and their libraries decode them. Recordings are made behind the
 * library and hold arrays of numbers.
 */

/** Whether a request wants its embeddings in base64. */
export function wantsBase64(body: unknown): boolean {
  return isObject(body) && body["encoding_format"] === "base64";
}

/** The bodies that a recorded caller may have given, where its library asks for base64 on its own. */
export function encodingReadings(body: unknown): unknown[] {
  if (!wantsBase64(body)) return [];
  const unset = copyOf(body as Record<string, unknown>);
  delete unset["encoding_format"];
  return [unset, { ...copyOf(unset), encoding_format: "float" }];
}

/** An answer with its embeddings in base64. */
export function toBase64(answer: unknown): unknown {
  return withEmbeddings(answer, (embedding) => (Array.isArray(embedding) ? encode(embedding) : embedding));
}

/** An answer with its embeddings as numbers. */
export function fromBase64(answer: unknown): unknown {
  return withEmbeddings(answer, (embedding) =>
    typeof embedding === "string" ? decode(embedding) : embedding,
  );
}

function withEmbeddings(answer: unknown, change: (embedding: unknown) => unknown): unknown {
  if (!isObject(answer) || !Array.isArray(answer["data"])) return answer;
  const data = answer["data"].map((item: unknown) => {
    if (!isObject(item) || !("embedding" in item)) return item;
    const copy = copyOf(item);
    copy["embedding"] = change(item["embedding"]);
    return copy;
  });
  const copy = copyOf(answer);
  copy["data"] = data;
  return copy;
}

function encode(numbers: readonly unknown[]): string {
  const view = new DataView(new ArrayBuffer(numbers.length * 4));
  numbers.forEach((number, index) => view.setFloat32(index * 4, Number(number), true));
  let bytes = "";
  for (let at = 0; at < view.byteLength; at++) bytes += String.fromCharCode(view.getUint8(at));
  return btoa(bytes);
}

/** What is no base64 of floats stays as it is. */
function decode(base64: string): unknown {
  let bytes: string;
  try {
    bytes = atob(base64);
  } catch {
    return base64;
  }
  if (bytes.length % 4 !== 0) return base64;
  const view = new DataView(new ArrayBuffer(bytes.length));
  for (let at = 0; at < bytes.length; at++) view.setUint8(at, bytes.charCodeAt(at));
  return Array.from({ length: bytes.length / 4 }, (_, index) => view.getFloat32(index * 4, true));
}
