import { createHmac, randomBytes as nodeRandomBytes, timingSafeEqual } from "node:crypto";

import { wordsOf } from "@waybill/core/thrown";

import { installSecret } from "./install-secret.js";
import { parseKeys, readText, textOfKeys, writeWhole } from "./key-file.js";
import { readKeyChanges, type InputFault } from "./key-input.js";
import { infoOf, type KeyInfo, type KeyRecord } from "./key-record.js";

/** A key that was made: the text is told this once and kept nowhere. */
export type NewKey = { ok: true; key: string; info: KeyInfo };

/** Why nothing has changed. */
export type KeyFailure = { ok: false } & (
  | ({ code: "bad-input" } & InputFault)
  | {
      code: "unknown-key" | "name-taken" | "too-many-keys" | "changed-by-others" | "write-failed";
      message: string;
    }
);

/** The virtual keys of an installation. Changes wait for each other; what cannot be written has not happened. */
export type KeyStore = {
  readonly size: number;
  /** All keys, oldest first. */
  list(): KeyInfo[];
  get(id: string): KeyInfo | undefined;
  /** The key with this text, whether it may be used or not. Takes as long for a wrong key as for a right one. */
  find(key: string): KeyInfo | undefined;
  /** `input` is what a stranger says: `KeyChanges` with a name. */
  create(input: unknown): Promise<NewKey | KeyFailure>;
  /** Gives the key a new text. The old one stops working at once; budget and name stay. */
  rotate(id: string): Promise<NewKey | KeyFailure>;
  update(id: string, input: unknown): Promise<{ ok: true; info: KeyInfo } | KeyFailure>;
  disable(id: string): Promise<{ ok: true; info: KeyInfo } | KeyFailure>;
  remove(id: string): Promise<{ ok: true; info: KeyInfo } | KeyFailure>;
};

export type KeyStoreOptions = {
  /** Epoch milliseconds. */
  now?: () => number;
  /** Bytes that nobody can guess. */
  randomBytes?: (count: number) => Uint8Array;
  /** In place of the secret that lies beside the file. */
  secret?: Uint8Array;
};

const MAX_KEYS = 10_000;
/** A key of ours has 46 characters. What is longer is cut before it is hashed, and is then none. */
const MAX_KEY = 256;

/**
 * Opens a file of keys; one that is missing has none yet. A file belongs to one process.
 * @throws KeysError when the file, or the secret beside it, is damaged or cannot be read
 */
export async function openKeyStore(path: string, options: KeyStoreOptions = {}): Promise<KeyStore> {
  const { randomBytes = nodeRandomBytes } = options;
  let kept = await readText(path);
  const keys = kept === null ? [] : parseKeys(path, kept);
  const secret = options.secret ?? (await installSecret(path, keys.length > 0, randomBytes));
  return keyStore(keys, { ...options, secret }, async (next) => {
    // Somebody who edits the file, or a second process, must not lose what they wrote.
    if ((await readText(path)) !== kept) return "changed";
    const text = textOfKeys(next);
    await writeWhole(path, text);
    kept = text;
    return "written";
  });
}

/** Keys that are forgotten with the process. */
export function memoryKeyStore(options: KeyStoreOptions = {}): KeyStore {
  const { randomBytes = nodeRandomBytes } = options;
  return keyStore([], { ...options, secret: options.secret ?? randomBytes(32) }, async () => "written");
}

type Write = (keys: Iterable<KeyRecord>) => Promise<"written" | "changed">;

function keyStore(
  first: readonly KeyRecord[],
  { now = Date.now, randomBytes = nodeRandomBytes, secret }: KeyStoreOptions & { secret: Uint8Array },
  write: Write,
): KeyStore {
  let records = new Map(first.map((record) => [record.id, record]));
  let byHmac = new Map(first.map((record) => [record.hmac, record]));
  let last: Promise<unknown> = Promise.resolve();

  const hmacOf = (key: string) => createHmac("sha256", secret).update(key.slice(0, MAX_KEY)).digest("hex");
  const isoNow = () => new Date(now()).toISOString();
  const textOf = (bytes: Uint8Array, encoding: "hex" | "base64url") => Buffer.from(bytes).toString(encoding);
  function newText(): { key: string; hmac: string; lastFour: string } {
    const key = `wb-${textOf(randomBytes(32), "base64url")}`;
    return { key, hmac: hmacOf(key), lastFour: key.slice(-4) };
  }

  /** One change after the other: each decides on what the one before has left. */
  function change<Answer extends { ok: true }>(
    decide: (next: Map<string, KeyRecord>) => Answer | KeyFailure,
  ): Promise<Answer | KeyFailure> {
    const changing = last.then(async (): Promise<Answer | KeyFailure> => {
      const next = new Map(records);
      const answer = decide(next);
      if (!answer.ok) return answer;
      try {
        if ((await write(next.values())) === "changed") return changedByOthers;
      } catch (error) {
        const message = `the file of keys cannot be written: ${wordsOf(error)}`;
        return { ok: false, code: "write-failed", message };
      }
      records = next;
      byHmac = new Map([...next.values()].map((record) => [record.hmac, record]));
      return answer;
    });
    last = changing;
    return changing;
  }

  function edit(id: string, input: unknown): Promise<{ ok: true; info: KeyInfo } | KeyFailure> {
    const read = readKeyChanges(input);
    if (!read.ok) return Promise.resolve({ ok: false, code: "bad-input", ...read.fault });
    return change((next) => {
      const record = next.get(id);
      if (!record) return unknownKey;
      const { name } = read.changes;
      if (name !== undefined && isTaken(next, name, id)) return nameTaken(name);
      const edited = { ...record, ...read.changes };
      next.set(id, edited);
      return { ok: true, info: infoOf(edited) };
    });
  }

  return {
    get size() {
      return records.size;
    },
    list: () => [...records.values()].map(infoOf),
    get(id) {
      const record = records.get(id);
      return record && infoOf(record);
    },
    find(key) {
      const hmac = hmacOf(key);
      const record = byHmac.get(hmac);
      // The map compares HMACs, which nobody without the secret can aim at; this compares them in constant time besides.
      const isSame = timingSafeEqual(Buffer.from(hmac, "hex"), Buffer.from(record?.hmac ?? noHmac, "hex"));
      return isSame && record && key.length <= MAX_KEY ? infoOf(record) : undefined;
    },
    create(input) {
      const read = readKeyChanges(input);
      if (!read.ok) return Promise.resolve({ ok: false, code: "bad-input", ...read.fault });
      const { changes } = read;
      const { name } = changes;
      if (name === undefined)
        return Promise.resolve({
          ok: false,
          code: "bad-input",
          field: "name",
          message: "a key needs a name",
        });
      return change((next): NewKey | KeyFailure => {
        if (next.size >= MAX_KEYS)
          return {
            ok: false,
            code: "too-many-keys",
            message: `there are ${MAX_KEYS} keys; remove some first`,
          };
        if (isTaken(next, name)) return nameTaken(name);
        const { key, hmac, lastFour } = newText();
        const record: KeyRecord = {
          id: `key_${textOf(randomBytes(8), "hex")}`,
          name,
          lastFour,
          hmac,
          scopes: changes.scopes ?? ["proxy"],
          budget: changes.budget ?? null,
          models: changes.models ?? null,
          disabled: changes.disabled ?? false,
          createdAt: isoNow(),
          expiresAt: changes.expiresAt ?? null,
          rotatedAt: null,
        };
        next.set(record.id, record);
        return { ok: true, key, info: infoOf(record) };
      });
    },
    rotate: (id) =>
      change((next): NewKey | KeyFailure => {
        const record = next.get(id);
        if (!record) return unknownKey;
        const { key, hmac, lastFour } = newText();
        const rotated = { ...record, hmac, lastFour, rotatedAt: isoNow() };
        next.set(id, rotated);
        return { ok: true, key, info: infoOf(rotated) };
      }),
    update: edit,
    disable: (id) => edit(id, { disabled: true }),
    remove: (id) =>
      change((next) => {
        const record = next.get(id);
        if (!record) return unknownKey;
        next.delete(id);
        return { ok: true, info: infoOf(record) };
      }),
  };
}

const noHmac = "0".repeat(64);
const unknownKey: KeyFailure = { ok: false, code: "unknown-key", message: "there is no key with this id" };
const changedByOthers: KeyFailure = {
  ok: false,
  code: "changed-by-others",
  message: "the file of keys was changed by somebody else, and nothing was written: start again to read it",
};

function isTaken(records: ReadonlyMap<string, KeyRecord>, name: string, but?: string): boolean {
  return [...records.values()].some((record) => record.name === name && record.id !== but);
}

function nameTaken(name: string): KeyFailure {
  return { ok: false, code: "name-taken", message: `another key is called ${JSON.stringify(name)}` };
}
