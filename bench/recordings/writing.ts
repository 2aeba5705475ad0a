import { readRecording, writeRecording } from "@waybill/recordings";

import { sample } from "./sample.js";
import { throughput } from "./throughput.js";

/** From values to text. */
export function writing(): Promise<string> {
  const recordings = sample.files.map((text) => readRecording(text));
  const changed = recordings.map((recording) => ({ ...recording, test_id: "changed" }));
  return throughput([
    {
      name: "JSON.stringify",
      run: () => recordings.map((recording) => JSON.stringify(recording, null, 2)),
    },
    { name: "writeRecording, as it was read", run: () => recordings.map((one) => writeRecording(one)) },
    { name: "writeRecording, changed", run: () => changed.map((one) => writeRecording(one)) },
  ]);
}
