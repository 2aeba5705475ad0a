/**
 * What only the bundled upstream understands: a header by which the demo's own traffic goes wrong. `429`, `500` or `cut`,
 * and behind a semicolon the id of the call, of which a 429 is answered once: `429; call-17`.
 */
export const faultHeader = "x-waybill-demo-fault";

/** The same header for a sender that keeps `x-waybill-*` to itself, as an instrumented fetch does. */
export const plainFaultHeader = "demo-fault";

export type DemoFault = { kind: "429" | "500" | "cut"; callId: string | undefined };

/** The fault that headers ask for; what is none is ignored, since any caller may send anything. */
export function faultOf(headers: Headers): DemoFault | undefined {
  const [kind, callId] = (headers.get(faultHeader) ?? headers.get(plainFaultHeader) ?? "")
    .split(";")
    .map((part) => part.trim());
  return kind === "429" || kind === "500" || kind === "cut"
    ? { kind, callId: callId === "" ? undefined : callId }
    : undefined;
}

/** Calls that were sent away once are let in the second time. */
export class Turnstile {
  readonly #sentAway = new Set<string>();

  /** Whether this call is to be sent away now. One without an id always is. */
  sendsAway(callId: string | undefined): boolean {
    if (callId === undefined) return true;
    if (this.#sentAway.delete(callId)) return false;
    this.#sentAway.add(callId);
    // Who never comes back is forgotten, the oldest first.
    if (this.#sentAway.size > MOST_REMEMBERED)
      this.#sentAway.delete(this.#sentAway.values().next().value ?? "");
    return true;
  }
}

const MOST_REMEMBERED = 1000;
