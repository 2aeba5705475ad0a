import { wordsOf } from "@waybill/core/thrown";

/** A step of the end, by its name. */
export type Step = [name: string, run: () => unknown];

/** Takes all steps, one after the other, whatever fails on the way. Returns what failed, in words. */
export async function allSteps(steps: readonly Step[]): Promise<string[]> {
  const failed: string[] = [];
  for (const [name, run] of steps) {
    try {
      await run();
    } catch (error) {
      failed.push(`${name}: ${wordsOf(error)}`);
    }
  }
  return failed;
}
