import { readFileSync } from "node:fs";

/** Bytes of memory that are the process's own, and not a file's, now. */
export function anonymousBytes(): number {
  const [, kilobytes] = /RssAnon:\s+(\d+) kB/.exec(readFileSync("/proc/self/status", "utf8")) ?? [];
  return Number(kilobytes) * 1024;
}
