import { readFileSync } from "node:fs";

/**
 * Tells one run of the operating system from the next: what was written before is only on the disk if it was flushed. Empty
 * where the system has no such name; then nobody can tell.
 */
export function bootId(): string {
  try {
    return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  } catch {
    return "";
  }
}
