import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { quirkCases, type QuirkCase } from "@waybill/testkit";

import { table } from "./measure.js";
import { readWithAiSdk } from "./peers/ai-sdk.js";
import type { Answer } from "./peers/answer.js";
import { bodyOf, responseOf } from "./peers/body.js";
import { readWithOpenAI } from "./peers/openai.js";
import { readWithWaybill } from "./peers/waybill.js";
import { judgeOurs, judgePeer, type Verdict } from "./quirks/judge.js";

/*
 * Every quirk of the testkit through this library and its peers, and what is left of the streams.
 */

const TIME_LIMIT_MS = 2000;

const readme = fileURLToPath(new URL("../packages/stream/README.md", import.meta.url));

type Reader = {
  name: string;
  read: (response: Response, quirk: QuirkCase) => Promise<Answer>;
  judge: typeof judgePeer;
};
type Judged = { code: string; verdicts: Verdict[] };

/** Prints the table; with `--write`, puts it into the README of the stream package. */
export async function run(): Promise<void> {
  const oddlyDiagnosed: string[] = [];
  const readers: Reader[] = [
    {
      name: "waybill",
      read: async (response, { name, expected }) => {
        const answer = await readWithWaybill(response);
        const codes = [...new Set(answer.codes)].toSorted();
        if (codes.join() !== expected.diagnostics.join()) oddlyDiagnosed.push(name);
        return answer;
      },
      judge: judgeOurs,
    },
    { name: "openai-node", read: readWithOpenAI, judge: judgePeer },
    {
      name: "AI SDK",
      read: (response, quirk) => readWithAiSdk(response, toolNames(quirk)),
      judge: judgePeer,
    },
  ];
  const judged: Judged[] = [];
  for (const each of quirkCases) {
    const verdicts: Verdict[] = [];
    for (const reader of readers) verdicts.push(await judgeCase(each, reader));
    judged.push({ code: each.codes[0] ?? "", verdicts });
  }
  const text = tableOf(
    readers.map(({ name }) => name),
    judged,
  );
  const odd = [`${oddlyDiagnosed.length}`, ...oddlyDiagnosed].join("\n- ");
  process.stdout.write(`${text}\n\nCases whose diagnostics differ from the expected, waybill: ${odd}\n`);
  if (process.argv.includes("--write")) write(text);
}

async function judgeCase(quirk: QuirkCase, { read, judge }: Reader): Promise<Verdict> {
  const { reads, contentType, staysOpen, expected } = quirk;
  const response = responseOf(bodyOf(reads, staysOpen === true), contentType);
  const answer = read(response, quirk).catch(() => undefined);
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), TIME_LIMIT_MS);
  });
  const first = await Promise.race([answer, late]);
  clearTimeout(timer);
  return judge(expected, first);
}

function toolNames({ expected }: QuirkCase): string[] {
  return expected.choices.flatMap(({ tool_calls: calls = [], function_call: old }) =>
    [...calls, ...(old ? [old] : [])].map(({ name }) => name),
  );
}

function tableOf(names: readonly string[], judged: readonly Judged[]): string {
  const codes = inOrder(new Set(judged.map(({ code }) => code)));
  const rows = codes.map((code) => {
    const cases = judged.filter((each) => each.code === code);
    const cells = names.map((_, reader) => `${count(cases, reader, "right")} / ${cases.length}`);
    return [`\`${code}\``, `${cases.length}`, ...cells];
  });
  const totals = names.map((_, reader) => {
    const right = `${count(judged, reader, "right")} / ${judged.length}`;
    return `${right}; ${count(judged, reader, "loses data")} silent losses`;
  });
  return table(["code", "cases", ...names], [...rows, ["all", `${judged.length}`, ...totals]]);
}

/** The letters as they come, and the codes of a letter by their numbers. */
function inOrder(codes: ReadonlySet<string>): string[] {
  const letters = new Set([...codes].map((code) => code.slice(0, 1)));
  const numbered = (letter: string) =>
    [...codes]
      .filter((code) => code.startsWith(letter))
      .toSorted((left, right) => Number(left.slice(1)) - Number(right.slice(1)));
  return [...letters].flatMap(numbered);
}

function count(cases: readonly Judged[], reader: number, verdict: Verdict): number {
  return cases.filter(({ verdicts }) => verdicts[reader] === verdict).length;
}

function write(text: string): void {
  const page = readFileSync(readme, "utf8");
  const place = /(?<=<!-- quirks -->\n)[\s\S]*?(?=<!-- \/quirks -->)/;
  if (!place.test(page)) throw new Error(`${readme} has no place for the table`);
  writeFileSync(
    readme,
    page.replace(place, () => `\n${text}\n\n`),
  );
  execFileSync("npx", ["oxfmt", readme]);
}
