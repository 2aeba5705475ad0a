import { table } from "../measure.js";
import { runFresh } from "./fresh-process.js";

const BUDGET_KIB = 4;

/** What each of 1,000 streams holds that are half read and wait for more, beside the text itself. */
export function idle(): string {
  const { bytes, characters } = runFresh<{ bytes: number; characters: number }>("idle-process.ts", []);
  const kib = (bytes - characters) / 1024;
  return table(
    ["held by a stream", "its text", "beside the text", "budget"],
    [[`${Math.round(bytes)} B`, `${characters} B`, `${kib.toFixed(2)} KiB`, `${BUDGET_KIB} KiB`]],
  );
}
