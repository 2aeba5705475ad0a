import type { Members } from "./members.js";
import type { StreamContext } from "./stream-context.js";
import { Text } from "./text.js";

/** The spoken answer of a choice. */
export class Audio {
  readonly #context: StreamContext;
  #id = "";
  #expiresAt: number | undefined;
  readonly #data: string[] = [];
  readonly #transcript = new Text();
  #hasTranscript = false;
  /** Whether the last delta carried nothing but the time of expiry, which some models send in place of a finish reason. */
  isOver = false;

  constructor(context: StreamContext) {
    this.#context = context;
  }

  add({ id, data, transcript, expires_at: expiresAt }: Members): void {
    this.#context.revision++;
    if (typeof id === "string" && id !== "") this.#id = id;
    if (typeof expiresAt === "number" && Number.isFinite(expiresAt)) this.#expiresAt = expiresAt;
    const hasData = typeof data === "string" && data !== "";
    const hasTranscript = typeof transcript === "string" && transcript !== "";
    if (hasData && this.#context.hold(data.length)) this.#data.push(data);
    if (hasTranscript) {
      this.#hasTranscript = true;
      this.#context.append(this.#transcript, transcript);
    }
    const isKnown = this.#id !== "" && this.#data.length > 0 && this.#hasTranscript;
    this.isOver = isKnown && !hasData && !hasTranscript && typeof expiresAt === "number";
  }

  result(): Members {
    return {
      ...(this.#id ? { id: this.#id } : {}),
      ...(this.#data.length > 0 ? { data: joinBase64(this.#data) } : {}),
      ...(this.#hasTranscript ? { transcript: this.#transcript.toString() } : {}),
      ...(this.#expiresAt === undefined ? {} : { expires_at: this.#expiresAt }),
    };
  }
}

/**
 * One base64 text of several. Fragments that are whole for themselves may be padded, and cannot be joined as text;
 * fragments that are cut anywhere must be.
 */
function joinBase64(fragments: readonly string[]): string {
  const joined = fragments.join("");
  const isPadded = fragments.slice(0, -1).some((fragment) => fragment.endsWith("="));
  const isWhole = fragments.slice(0, -1).every((fragment) => fragment.length % 4 === 0);
  if (!isPadded || !isWhole) return joined;
  try {
    return btoa(fragments.map((fragment) => atob(fragment)).join(""));
  } catch {
    return joined;
  }
}
