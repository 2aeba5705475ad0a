/** What the banner says. */
export type BannerFacts = {
  version: string;
  readyIn: string;
  address: string;
  upstream: string;
  /** What is true of the upstream: that nothing is billed, or whose key is used. */
  note: string;
  ledger: string;
  calls: number;
  delivery: string[];
  isReal: boolean;
  keyNote: string;
  keySeenAndNotUsed: boolean;
  warnings: readonly string[];
};

/** What somebody reads who has just started it. Every command in it works as it stands. */
export function banner(facts: BannerFacts, { boxes }: { boxes: boolean }): string {
  const { version, readyIn, address, upstream, note, ledger, calls, delivery, isReal, keyNote } = facts;
  const model = isReal ? "YOUR-MODEL" : "gpt-4o";
  const [top, bottom] = boxes ? ["┌ ┐  ", "└╌┘  "] : ["", ""];
  const row = (name: string, value: string, more = ""): string =>
    `  ${name.padEnd(10)}${more === "" ? value : `${value.padEnd(33)} ${more}`}`.trimEnd();
  const lines = [
    `  ${top}${`Waybill ${version}`.padEnd(24)} ready in ${readyIn}`,
    `  ${bottom}every call: what it said, what it cost, where it went`,
    row("Page", `${address}/`),
    row("Gateway", `${address}/v1`, keyNote),
    row("Upstream", upstream, note),
    row("Ledger", ledger, `${calls.toLocaleString("en-US")} ${calls === 1 ? "call" : "calls"}`),
    row("Delivery", delivery.join(", ")),
    row("Try", `curl ${address}/v1/chat/completions -H 'content-type: application/json' \\`),
    `            -d '{"model":"${model}","stream":true,"messages":[{"role":"user","content":"Which planet has rings?"}]}'`,
    `          new OpenAI({ baseURL: "${address}/v1", apiKey: "any" })`,
    ...(isReal
      ? []
      : ["  Real upstream: OPENAI_API_KEY=... npm run demo -- --upstream https://api.openai.com/v1"]),
    ...(facts.keySeenAndNotUsed
      ? ["  OPENAI_API_KEY is set and is not used: the upstream is recordings, and nothing is billed."]
      : []),
    ...facts.warnings.map((warning) => `  Note: ${warning}`),
    "  Ctrl-C stops, and says what was delivered.",
  ];
  return `${lines.join("\n")}\n`;
}
