import { closeSync, existsSync, openSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";

const SIZE = 1 << 20;

/** Room on the disk that can be given up, so that records can still be delivered and forgotten when the disk is full. */
export class Reserve {
  readonly #path: string;

  constructor(root: string) {
    this.#path = join(root, "reserve");
  }

  /** Takes the room, if there is enough of it. */
  take(): void {
    if (existsSync(this.#path)) return;
    try {
      const file = openSync(this.#path, "wx", 0o600);
      try {
        // Random enough for disks that compress.
        const block = Buffer.allocUnsafe(SIZE);
        for (let index = 0; index < SIZE; index++) block[index] = (index * 2654435761) >>> 13;
        if (writeSync(file, block) < SIZE) this.release();
      } finally {
        closeSync(file);
      }
    } catch {
      // Without it everything works until the disk is full.
      this.release();
    }
  }

  /** Whether there was anything to give up. */
  release(): boolean {
    const was = existsSync(this.#path);
    rmSync(this.#path, { force: true });
    return was;
  }
}
