import { optionList, type Group, type Option } from "./options.js";

const head = `Usage: npm run demo -- [OPTION...]
       npm run demo -- --once [--json] [FILE...]

A gateway in front of an OpenAI-compatible API that accounts for every call, with a page that shows
them. Without options it serves bundled recordings on loopback: no key, no network, nothing is billed.

`;

const once = `
Report:
  With --once, --json or FILE nothing is served. Recorded LLM streams are replayed through Waybill, from
  bytes to a Langfuse stub on loopback, and documents that state costs are audited. Without FILE it
  runs the five bundled documents of fixtures/seeds. FILE is JSON: a recording of llama-stack, a
  standard logging payload, a Langfuse batch, a chat completion, chunk or request, or a usage object.

  --once                        run once and exit
  --json                        print one JSON document instead of tables

Other:
  --config FILE                 configuration file (default: waybill.config.json, if there is one)
  --print-config                print every value and where it comes from, and exit
  -h, --help                    print this

A value is taken from its flag, else from the environment, else from the configuration file
(apps/demo/waybill.config.schema.json is its JSON Schema). Secrets stand in the environment, or in files
that the configuration points to: {"file": "PATH"}. OPENAI_API_KEY alone switches nothing on.

Exit code: 0 stopped, or all files were processed (whatever their costs); 1 records were dropped, or a
file could not be used or is invalid; 2 an option cannot be used.
`;

/** The text of `--help`: every flag and variable, in groups. */
export function usage(): string {
  const groups = new Map<Group, string[]>();
  for (const [, option] of optionList) {
    const lines = groups.get(option.group) ?? [];
    lines.push(...linesOf(option));
    groups.set(option.group, lines);
  }
  const sections = [...groups].map(([group, lines]) => `${group}:\n${lines.join("\n")}\n`);
  return head + sections.join("\n") + once;
}

const INDENT = 32;

function linesOf({ flag, env = [], kind, help, standard, isSecret }: Option): string[] {
  const value = kind.shape === undefined ? "" : ` ${kind.shape}`;
  const [variable] = env;
  const name = flag === undefined ? `${variable}=${isSecret ? "SECRET" : kind.shape}` : `--${flag}${value}`;
  const also = flag !== undefined && variable !== undefined ? [variable] : env.slice(1);
  const notes = [
    ...(also.length > 0 ? [`or ${also.join(", ")}`] : []),
    ...(standard ? [`default: ${standard}`] : []),
  ];
  const text = `${help}${notes.length > 0 ? ` (${notes.join("; ")})` : ""}`;
  const [first = "", ...more] = wrap(text, 102 - INDENT);
  const left = `  ${name}`;
  const rest = more.map((line) => " ".repeat(INDENT) + line);
  if (left.length + 2 > INDENT) return [left, " ".repeat(INDENT) + first, ...rest];
  return [left.padEnd(INDENT) + first, ...rest];
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
