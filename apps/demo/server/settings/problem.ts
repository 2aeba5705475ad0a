import { printable } from "../printable.js";

/** Why a configuration cannot be used: the flag, variable or member of the file, what is wrong with it, and the cure. */
export type SettingsProblem = { place: string; message: string };

/** Where a value comes from, and the name of that place: "--port", "WAYBILL_PORT", "waybill.config.json /port". */
export type Source = { kind: "flag" | "environment" | "file" | "default"; place: string };

/** A problem in one line, without what a terminal would act on. */
export function problemLine({ place, message }: SettingsProblem): string {
  return printable(`${place}: ${message}`);
}

/** A value of the user in a message: one line, not endless. */
export function quoted(value: unknown): string {
  const text = typeof value === "string" ? JSON.stringify(value) : (JSON.stringify(value) ?? typeof value);
  return printable(text.length > 80 ? `${text.slice(0, 76)}...` : text);
}
