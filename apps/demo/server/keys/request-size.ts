/*
 * How many tokens the input of a request may have, without a tokenizer: a guess that errs upward for what people mostly send.
 * Text of English has four to five bytes a token, code and JSON about three. Three bytes are counted as a token, and names of
 * members count as text. It can be too low, by up to a half, for what tokenizers do not know: random letters (keys, base64 in a
 * prompt) and, with older tokenizers, Chinese, Japanese and rarer scripts.
 */

/** Bytes of UTF-8 that are taken for a token. */
export const BYTES_PER_TOKEN = 3;
/** What a message, a tool or an item costs beside its text. */
export const TOKENS_PER_ITEM = 8;
/** What every request costs beside its parts. */
export const TOKENS_PER_REQUEST = 16;
/**
 * An image of any size: 1,105 of the largest in high detail by OpenAI's own rule, 1,600 by Anthropic's. Models that charge an
 * image as ten times as much (gpt-4o-mini) are guessed too low.
 */
export const TOKENS_PER_IMAGE = 2000;
/** Base64 characters of compressed speech that are taken for a token: ten tokens a second at 16 kbit/s are 270 of them. */
export const AUDIO_CHARACTERS_PER_TOKEN = 100;

/** More members than any body of 64 MiB holds that is not made to take time. */
const MAX_VALUES = 4_000_000;

/** Members that hold what a model reads; others are settings. */
export const inputMembers = [
  ["messages", "system", "instructions", "input", "prompt", "suffix"],
  [
    "tools",
    "functions",
    "tool_choice",
    "response_format",
    "text",
    "prediction",
    "documents",
    "output_config",
  ],
].flat();

/** What was counted: `images` and `audio` are in `tokens` already. */
export type RequestSize = {
  tokens: number;
  images: number;
  hasCacheWrites: boolean;
  hasUnseenTurns: boolean;
};

/** Counts the input of a request. Undefined when it has too many members to be looked at. May throw on hostile objects. */
export function sizeOf(request: Readonly<Record<string, unknown>>): RequestSize | undefined {
  let [bytes, tokens, images, seen] = [0, TOKENS_PER_REQUEST, 0, 0];
  let hasCacheWrites = false;
  // A stack of our own: nesting cannot end the program's.
  const stack: unknown[] = [];
  for (const name of inputMembers) {
    const member = request[name];
    if (member === undefined || member === null) continue;
    if (Array.isArray(member)) tokens += member.length * TOKENS_PER_ITEM;
    stack.push(member);
  }
  while (stack.length > 0) {
    if (++seen > MAX_VALUES || stack.length > MAX_VALUES) return undefined;
    const value = stack.pop();
    if (typeof value === "string") bytes += Buffer.byteLength(value);
    else if (typeof value === "number" || typeof value === "boolean" || typeof value === "bigint") {
      // In an input that is already tokens each number is one; elsewhere it is a few digits.
      tokens += 1;
      bytes += typeof value === "number" && Number.isInteger(value) ? 0 : BYTES_PER_TOKEN;
    } else if (Array.isArray(value)) {
      for (const item of value) stack.push(item);
    } else if (typeof value === "object" && value !== null) {
      const flat = flatTokens(value);
      if (flat !== undefined) {
        tokens += flat.tokens;
        images += flat.images;
      }
      for (const [name, member] of Object.entries(flat ? withoutMedia(value) : value)) {
        if (name === "cache_control" && member !== null) hasCacheWrites = true;
        bytes += Buffer.byteLength(name);
        stack.push(member);
      }
    }
  }
  tokens += Math.ceil(bytes / BYTES_PER_TOKEN);
  const hasUnseenTurns = isGiven(request.previous_response_id) || isGiven(request.conversation);
  return { tokens, images, hasCacheWrites, hasUnseenTurns };
}

/** Parts of a message that are no text: their bytes say nothing about their tokens. */
function flatTokens(part: object): { tokens: number; images: number } | undefined {
  const { type } = part as { type?: unknown };
  switch (type) {
    case "image_url":
    case "input_image":
    case "image":
    case "computer_screenshot":
      return { tokens: TOKENS_PER_IMAGE, images: 1 };
    case "input_audio": {
      const { input_audio: audio } = part as { input_audio?: { data?: unknown } };
      const data = typeof audio?.data === "string" ? audio.data.length : 0;
      return { tokens: Math.ceil(data / AUDIO_CHARACTERS_PER_TOKEN) + TOKENS_PER_ITEM, images: 0 };
    }
    default:
      return undefined;
  }
}

/** A part without the data of its image or sound. What else it holds may be read by a model: it counts as text. */
function withoutMedia(part: object): object {
  const rest: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  for (const [name, member] of Object.entries(part)) {
    const names = mediaMembers[name];
    if (!names) rest[name] = member;
    else if (typeof member === "object" && member !== null)
      rest[name] = Object.entries(member).filter(([inner]) => !names.includes(inner));
    else if (name === "input_audio") rest[name] = member;
  }
  return rest;
}

/** Members of parts that hold media, as text themselves or in these members of theirs. */
const mediaMembers: Readonly<Record<string, readonly string[] | undefined>> = {
  __proto__: null as never,
  image_url: ["url"],
  source: ["data", "url"],
  input_audio: ["data"],
};

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null && value !== "";
}
