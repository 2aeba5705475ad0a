import { readFileSync } from "node:fs";

/** Microseconds of CPU that a process has had, of all of its threads. The kernel counts in hundredths of a second. */
export function cpuMicroseconds(pid: number): number {
  const [, rest = ""] = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ");
  const fields = rest.split(" ");
  return (Number(fields[11]) + Number(fields[12])) * 10_000;
}

/** Bytes of memory that are a process's own, and not a file's, now. */
export function anonymousBytesOf(pid: number): number {
  const [, kilobytes] = /RssAnon:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  return Number(kilobytes) * 1024;
}
