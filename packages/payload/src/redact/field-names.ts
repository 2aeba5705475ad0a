/*
 * Which members hold secrets by their names: `authorization`, `cookie`, `*_key`, `*token`, `*secret`, `*password`.
 */

const secretNames = new Set([
  "authorization",
  "proxy_authorization",
  "cookie",
  "set_cookie",
  "cookies",
  "credential",
  "credentials",
  "passphrase",
  "passwd",
  "key_secret",
  "secret_value",
]);

const secretEndings = [
  "_key",
  "apikey",
  "token",
  "secret",
  "password",
  "passphrase",
  "_credentials",
] as const;

/** Names that end like a secret's and are none. The value is still looked through for what looks like a secret. */
const keptNames = /* @__PURE__ */ makeKeptNames();

function makeKeptNames(): ReadonlyMap<string, string> {
  return new Map<string, string>([
    ...entries(
      "what a record is found by",
      "cache_key cold_storage_object_key idempotency_key model_map_key",
    ),
    ...entries("a hint to a provider's cache, chosen by the caller", "prompt_cache_key"),
    ...entries("is there to be public", "public_key ssh_public_key"),
    ...entries(
      "the data model of a program",
      "primary_key foreign_key partition_key sort_key range_key hash_key row_key object_key group_key index_key routing_key",
    ),
    ...entries(
      "a word of a model's vocabulary",
      "bos_token eos_token pad_token unk_token sep_token mask_token stop_token eot_token image_token start_token end_token " +
        "special_token",
    ),
    ...entries(
      "a name for a text, a press of a button, an entry of a table",
      "translation_key hot_key dict_key",
    ),
    ...entries("a place in a list", "page_token next_page_token continuation_token next_token"),
    ...entries("a moment", "first_token time_to_first_token last_token"),
  ]);
}

/** Prices, by LiteLLM's names. */
const keptEndings = ["_per_token", "_per_reasoning_token", "_per_audio_token", "_per_image_token"] as const;

function entries(reason: string, names: string): [name: string, reason: string][] {
  return names.split(" ").map((name) => [name, reason]);
}

/** Names that were judged before. Payloads have few; what a caller makes up must not fill the memory. */
const MOST_JUDGED = 4096;

/** A function that tells whether a member holds a secret; `more` are names of the caller's own. */
export function secretFieldTest(more: readonly string[]): (name: string) => boolean {
  const judged = new Map<string, boolean>();
  const own = new Set(more.map(plainName));
  return (name) => {
    const known = judged.get(name);
    if (known !== undefined) return known;
    const plain = plainName(name);
    const isSecret = own.has(plain) || isSecretName(plain);
    if (judged.size < MOST_JUDGED) judged.set(name, isSecret);
    return isSecret;
  };
}

function isSecretName(name: string): boolean {
  if (secretNames.has(name)) return true;
  if (keptNames.has(name) || keptEndings.some((ending) => name.endsWith(ending))) return false;
  return secretEndings.some((ending) => name.endsWith(ending));
}

/** `x-api-key`, `xApiKey` and `X_API_KEY` are one name. */
function plainName(name: string): string {
  if (name.length > 200) return "";
  return name
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .replace(/[-. ]/g, "_")
    .toLowerCase();
}
