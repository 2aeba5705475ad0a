import { readJson, readRecording } from "@waybill/recordings";

import { sample } from "./sample.js";
import { throughput } from "./throughput.js";

/** From text to values. */
export function reading(): Promise<string> {
  const each = (read: (text: string) => unknown) => () => sample.files.map((text) => read(text));
  return throughput([
    { name: "JSON.parse", run: each((text) => JSON.parse(text) as unknown) },
    { name: "readJson", run: each((text) => readJson(text)) },
    { name: "readRecording", run: each((text) => readRecording(text)) },
  ]);
}
