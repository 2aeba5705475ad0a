import { sha256 } from "../hash/sha256.js";
import { keysOf, notesOf } from "../json/notes.js";
import { copyOf } from "../replay/copy-with.js";

/** What is taken for a secret. */
export type RedactionOptions = {
  /** What secrets look like, in place of `secretPatterns`. */
  patterns?: readonly RegExp[] | undefined;
  /** Members and query parameters whose texts are secrets, in place of `secretMembers`; `-` is `_`, and case is ignored. */
  members?: readonly string[] | undefined;
  /** Makes placeholders that nobody can test a guess against. The same key is needed for replay. */
  key?: string | undefined;
};

/** Keys and tokens of well-known services. No key is longer than the bound, without which long texts overflow the stack. */
export const secretPatterns: readonly RegExp[] = [
  /(?<![\w-])(?:sk|pk|rk|gsk|xai|tvly|nvapi|csk|fw|pplx)-[\w-]{16,65536}/,
  /(?<!\w)(?:gsk|hf|r8|npm|dop_v1|fw)_\w{24,65536}/,
  /(?<!\w)AIza[\w-]{35}/,
  /(?<!\w)(?:gh[opsur]_\w{30,65536}|github_pat_\w{22,65536}|glpat-[\w-]{20,65536})/,
  /(?<!\w)xox[abeoprs]-[\w-]{10,65536}/,
  /(?<!\w)(?:AKIA|ASIA)[A-Z0-9]{16}(?!\w)/,
  /(?<![\w.])eyJ[\w-]{10,65536}\.eyJ[\w-]{10,65536}\.[\w-]{10,65536}/,
  /(?<=\bBearer )[\w.~+/-]{16,65536}=*/i,
  /-----BEGIN [A-Z ]{0,64}PRIVATE KEY-----[^-]{0,65536}-----END [A-Z ]{0,64}PRIVATE KEY-----/,
];

/** Members that hold secrets whatever these look like. */
export const secretMembers: readonly string[] = [
  "api_key",
  "apikey",
  "x_api_key",
  "authorization",
  "proxy_authorization",
  "password",
  "secret_key",
  "client_secret",
  "access_token",
  "refresh_token",
  "id_token",
  "private_key",
];

/** Query parameters that hold secrets, besides those of `secretMembers`. */
const secretParameters = ["key", "sig", "signature", "token", "code"];

const placeholder = /^__REDACTED_[0-9a-f]{12}__$/;

/** Finds secrets and puts placeholders in their place: the same for the same secret, so that hashes stay of use. */
export class Redactor {
  readonly #patterns: readonly RegExp[];
  readonly #members: ReadonlySet<string>;
  readonly #key: string | undefined;

  constructor({ patterns = secretPatterns, members = secretMembers, key }: RedactionOptions = {}) {
    this.#patterns = patterns.map(
      ({ source, flags }) => new RegExp(source, `${flags.replace(/[gy]/g, "")}g`),
    );
    this.#members = new Set(members.map(memberName));
    this.#key = key;
  }

  /** A value without its secrets: itself if it has none. */
  async value<Value>(value: Value): Promise<Value> {
    const secrets = this.secretsIn(value);
    return secrets.size > 0 ? this.replace(value, await this.placeholders(secrets)) : value;
  }

  /** An address without user, password and secret parameters. */
  async url(url: string): Promise<string> {
    const bare = url.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/?#@]*@/i, "$1");
    const [, head = "", query = "", tail = ""] = /^([^?#]*)(\?[^#]*)?(#.*)?$/s.exec(bare) ?? [];
    if (query === "") return this.value(bare);
    const parts = await Promise.all(
      query
        .slice(1)
        .split("&")
        .map((part) => this.#parameter(part)),
    );
    return `${await this.value(head)}?${parts.join("&")}${tail}`;
  }

  async #parameter(part: string): Promise<string> {
    const [name, value] = split(part, "=");
    const known = memberName(name);
    const isSecret = this.#members.has(known) || secretParameters.includes(known);
    if (!value || !isSecret) return this.value(part);
    return `${name}=${placeholder.test(value) ? value : await this.#placeholder(value)}`;
  }

  /** The secrets of a value. */
  secretsIn(value: unknown): Set<string> {
    const secrets = new Set<string>();
    this.#search(value, false, secrets);
    return secrets;
  }

  async placeholders(secrets: ReadonlySet<string>): Promise<ReadonlyMap<string, string>> {
    const pairs = [...secrets].map(async (secret) => [secret, await this.#placeholder(secret)] as const);
    return new Map(await Promise.all(pairs));
  }

  /** A copy with placeholders in place of secrets; what has none is not copied. */
  replace<Value>(value: Value, placeholders: ReadonlyMap<string, string>): Value {
    return this.#replace(value, false, placeholders) as Value;
  }

  #search(value: unknown, isSecret: boolean, secrets: Set<string>): void {
    if (typeof value === "string") {
      const found = isSecret ? [value] : this.#patterns.flatMap((pattern) => value.match(pattern) ?? []);
      for (const secret of found) if (secret !== "" && !placeholder.test(secret)) secrets.add(secret);
    } else if (Array.isArray(value)) for (const item of value) this.#search(item, isSecret, secrets);
    else if (typeof value === "object" && value !== null) {
      for (const [key, member] of Object.entries(value)) this.#search(member, this.#isSecret(key), secrets);
    }
  }

  #replace(value: unknown, isSecret: boolean, placeholders: ReadonlyMap<string, string>): unknown {
    if (typeof value === "string") {
      if (isSecret && placeholders.has(value)) return placeholders.get(value);
      return this.#patterns.reduce(
        (text, pattern) => text.replaceAll(pattern, (secret) => placeholders.get(secret) ?? secret),
        value,
      );
    }
    if (typeof value !== "object" || value === null) return value;
    let copy: Record<string, unknown> | undefined;
    for (const key of keysOf(value, notesOf(value))) {
      const member = (value as Record<string, unknown>)[key];
      const replaced = this.#replace(
        member,
        Array.isArray(value) ? isSecret : this.#isSecret(key),
        placeholders,
      );
      if (replaced !== member) (copy ??= copyOf(value as Record<string, unknown>))[key] = replaced;
    }
    return copy ?? value;
  }

  #isSecret(member: string): boolean {
    return this.#members.has(memberName(member));
  }

  async #placeholder(secret: string): Promise<string> {
    const digest = this.#key === undefined ? await sha256(secret) : await hmac(this.#key, secret);
    return `__REDACTED_${digest.slice(0, 12)}__`;
  }
}

function memberName(name: string): string {
  return name.toLowerCase().replaceAll("-", "_");
}

function split(text: string, mark: string): [string, string | undefined] {
  const at = text.indexOf(mark);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}

async function hmac(key: string, text: string): Promise<string> {
  const encoder = new TextEncoder();
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const imported = await crypto.subtle.importKey("raw", encoder.encode(key), algorithm, false, ["sign"]);
  const signature = await crypto.subtle.sign("HMAC", imported, encoder.encode(text));
  return Array.from(new Uint8Array(signature), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
