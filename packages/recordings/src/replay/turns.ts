import type { StoredRecording } from "../store/recording-store.js";
import { turnName } from "../store/turn-name.js";
import type { Found } from "./lookup.js";

/** Hands out the recordings of equal requests one after the other; the last one again and again. */
export class Turns {
  readonly #taken = new Map<string, number>();

  /** The turn of a request, from 1. */
  next(fileName: string, testId: string | null): number {
    const key = JSON.stringify([fileName, testId]);
    const turn = (this.#taken.get(key) ?? 0) + 1;
    this.#taken.set(key, turn);
    return turn;
  }

  async take(
    fileName: string,
    testId: string | null,
    find: (fileName: string) => Promise<StoredRecording | undefined>,
  ): Promise<Found | undefined> {
    const plain = await find(fileName);
    if (!plain) return undefined;
    const key = JSON.stringify([fileName, testId]);
    const wanted = this.next(fileName, testId);
    const [stored, turn] = await lastOf(wanted, plain, (at) => find(turnName(fileName, at)));
    if (turn < wanted) this.#taken.set(key, turn);
    const following = turn === wanted ? await find(turnName(fileName, turn + 1)) : undefined;
    return { stored, isLast: following === undefined };
  }
}

/** The recording of a turn, or of the last one before it that there is. */
async function lastOf(
  wanted: number,
  plain: StoredRecording,
  find: (turn: number) => Promise<StoredRecording | undefined>,
): Promise<[StoredRecording, number]> {
  for (let turn = wanted; turn > 1; turn--) {
    const stored = await find(turn);
    if (stored) return [stored, turn];
  }
  return [plain, 1];
}
