import { readFileSync } from "node:fs";

import type { Recording } from "@waybill/core";
import { readRecording } from "@waybill/recordings";

import { seedsDirectory } from "../bundled-files.js";

/** The two seeds that are recordings. */
const seeds = ["recording-with-usage.json", "recording-without-usage.json"];

/** Made by `scripts/make-recordings.ts`. The seeds' folder is found from the sources and from the bundle alike. */
const made = new URL("../../apps/demo/recordings/calls.jsonl", seedsDirectory);

/**
 * What the demo can answer without a key and a network: the recordings among the seeds, and those of our own making.
 * @throws InvalidDocumentError when a file was damaged
 */
export function bundledRecordings(): Recording[] {
  const lines = readFileSync(made, "utf8").split("\n");
  return [
    ...seeds.map((name) => readRecording(readFileSync(new URL(name, seedsDirectory), "utf8"))),
    ...lines.filter((line) => line !== "").map((line) => readRecording(line)),
  ];
}
