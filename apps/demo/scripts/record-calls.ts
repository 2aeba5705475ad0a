import type { Recording } from "@waybill/core";
import { createRecordingFetch, memoryStore, writeRecording } from "@waybill/recordings";
import { startOpenAIStub, type OpenAIRequest } from "@waybill/testkit";

import { withKind } from "../server/upstream/recording-kind.js";
import type { RecordedCall } from "./recorded/recorded-call.js";
import { specialCalls } from "./recorded/special-calls.js";
import { textCalls } from "./recorded/text-calls.js";
import { toolCalls } from "./recorded/tool-calls.js";

/** The address that the recordings state: nobody's, since nobody but the testkit's stub ever said these things. */
const ORIGIN = "https://recordings.invalid/v1";

const calls: readonly RecordedCall[] = [...textCalls, ...toolCalls, ...specialCalls];

/**
 * Has the testkit's stub say what the calls want to hear, and records it: JSON lines, one recording each, in ASCII. Always
 * the same bytes.
 */
export async function recordCalls(): Promise<string> {
  const stub = await startOpenAIStub({ answer: answerTo, padding: false });
  try {
    const lines: string[] = [];
    for (const call of calls) lines.push(lineOf(withKind(await record(call, stub.baseUrl), call.kind)));
    return lines.join("");
  } finally {
    await stub.close();
  }
}

function answerTo({ text }: OpenAIRequest): RecordedCall["answer"] {
  const call = calls.find(({ body }) => JSON.stringify(body) === text);
  if (!call) throw new Error(`no call asks for ${text}`);
  return call.answer;
}

async function record({ path, body }: RecordedCall, baseUrl: string): Promise<Recording> {
  const store = memoryStore();
  const recording = createRecordingFetch((_, init) => fetch(`${baseUrl}/${path}`, init), store, {
    mode: "record",
    onFinding: ({ message }) => {
      throw new Error(message);
    },
  });
  const response = await recording(`${ORIGIN}/${path}`, { method: "POST", body: JSON.stringify(body) });
  const text = await response.text();
  await recording.flush();
  for await (const stored of store.list()) return stored.recording;
  throw new Error(`nothing was recorded of ${path}: ${text}`);
}

/** As recordings are written, on one line; a file that is reviewed has no characters that hide. */
function lineOf(recording: Recording): string {
  const compact = JSON.stringify(JSON.parse(writeRecording(recording)));
  return `${compact.replace(/[\u007f-\uffff]/g, escaped)}\n`;
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
