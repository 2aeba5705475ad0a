import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** A recorded stream of the corpus: where it was sent to, and its chunks. */
export type RecordedStream = { file: string; url: string; chunks: Chunk[] };

/** A chunk of a recording, as far as these tests look at it. */
export type Chunk = {
  choices?: {
    index?: number;
    text?: string;
    delta?: {
      content?: string | null;
      reasoning?: string | null;
      tool_calls?:
        | { index: number; id?: string | null; function?: { name?: string; arguments?: string } }[]
        | null;
    };
    finish_reason?: string | null;
  }[];
  usage?: object | null;
  response?: string;
};

type Recording = {
  request: { url?: string };
  response: { body: unknown; is_streaming?: boolean };
};

const folder = fileURLToPath(new URL("../../../../shared/corpus/recordings", import.meta.url));

/** What to write behind the title of tests that need the corpus. */
export const corpusNote = existsSync(folder) ? "" : " (skipped: no corpus)";

/** The streams of chat and text completions in the corpus; none when there is no corpus. */
export function recordedStreams(): RecordedStream[] {
  if (!existsSync(folder)) return [];
  const files = readdirSync(folder).filter((name) => name.endsWith(".json"));
  return files.flatMap((file) => {
    const { request, response } = JSON.parse(readFileSync(`${folder}/${file}`, "utf8")) as Recording;
    if (!response.is_streaming || !Array.isArray(response.body)) return [];
    const items = response.body as { __data__?: Chunk; choices?: unknown }[];
    const chunks = items.map((item) => item.__data__ ?? (item as Chunk));
    return chunks.some(({ choices }) => choices) ? [{ file, url: request.url ?? "", chunks }] : [];
  });
}
