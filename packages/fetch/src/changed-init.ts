/** What `fetch` reads of its options, the members that undici adds included. */
const names = [
  "method",
  "headers",
  "body",
  "signal",
  "duplex",
  "redirect",
  "credentials",
  "mode",
  "cache",
  "referrer",
  "referrerPolicy",
  "integrity",
  "keepalive",
  "dispatcher",
  "window",
  "priority",
] as const;

/**
 * A copy of a call's options with some of them changed. `fetch` also reads what an object inherits, getters of a class or a
 * whole `Request`, and a spread loses that.
 */
export function changedInit(init: RequestInit | undefined, changes: RequestInit): RequestInit {
  const given: Readonly<Record<string, unknown>> = { ...init };
  const inherited: Record<string, unknown> = {};
  for (const name of names)
    if (init && name in init && !Object.hasOwn(init, name))
      inherited[name] = (init as Record<string, unknown>)[name];
  return { ...given, ...inherited, ...changes };
}
