import type { ExportOutcome, ItemOutcome, StandardLoggingPayload } from "@waybill/core";
import { wordsOf } from "@waybill/core/thrown";

import { LONG_PAUSE_MS, type Reply } from "./answer.js";

/** How a batch is written and sent. */
export type Delivery<Parcel extends { text: string }> = {
  /** Writes a payload; once, unless it is too large by itself: then once more without its content. */
  write: (payload: StandardLoggingPayload, withContent: boolean) => Parcel;
  /** Sends parcels in one request. */
  post: (parcels: readonly Parcel[]) => Promise<Reply>;
  /** Most characters in one request; 4 Mi by default. */
  maxCharacters?: number | undefined;
  /**
   * Most requests that may be refused before what is left waits for the next try; 64 by default. A quarter of that, and a
   * pause, while nothing was accepted: then it is less likely that all payloads are bad than that the address is wrong.
   */
  maxRefusals?: number | undefined;
};

/**
 * Delivers a batch in as few requests as it takes. What cannot be written is rejected (`unmappable`). A request that is
 * too large is halved; a payload that is too large by itself goes once more without its content. A request in which
 * something is wrong is halved too, until the payload at fault stands alone: one among n is found with at most
 * 1 + 2 log2(n) requests. When the other side takes nothing for now, the rest is not tried, and the pause that it asks for
 * is the pause of the batch. Never rejects.
 */
export async function deliverInParts<Parcel extends { text: string }>(
  batch: readonly StandardLoggingPayload[],
  { write, post, maxCharacters = 4_194_304, maxRefusals = 64 }: Delivery<Parcel>,
): Promise<ExportOutcome> {
  type Placed = { index: number; parcel: Parcel };
  const items: ItemOutcome[] = [];
  let unattributedRejected = 0;
  let refusals = 0;
  let isTaking = false;
  let stop: Reply | undefined;

  async function ask(parcels: readonly Parcel[]): Promise<Reply> {
    try {
      return await post(parcels);
    } catch (error) {
      return { outcome: { status: "retry", reason: wordsOf(error) } };
    }
  }

  function settle(part: readonly Placed[], { outcome }: Reply): void {
    part.forEach(({ index }, place) => {
      const own = "status" in outcome ? outcome : outcome[place];
      items[index] = own ?? { status: "retry", reason: "the answer does not name it" };
    });
  }

  /** Returns whether the part was taken as a whole. `isBad`: it is known to be refused, so only its halves are tried. */
  async function send(part: readonly Placed[], isBad: boolean): Promise<boolean> {
    const [first, second] = part;
    if (first === undefined) return true;
    let isContent = isBad;
    if (stop || !isBad || !second) {
      let reply = stop ?? (await ask(part.map(({ parcel }) => parcel)));
      if (!second && reply.refusedFor === "size") reply = await askWithoutContent(first, reply);
      isContent = reply.refusedFor === "content";
      if (!reply.refusedFor) isTaking = true;
      else if (++refusals >= (isTaking ? maxRefusals : maxRefusals / 4) && second) {
        const { reason } = reply.outcome as { reason: string };
        reply = {
          outcome: { status: "retry", reason },
          ...(isTaking ? {} : { pause: { ms: LONG_PAUSE_MS, reason } }),
        };
      }
      if (!reply.refusedFor || !second) {
        settle(part, reply);
        if (reply !== stop) unattributedRejected += reply.unattributedRejected ?? 0;
        if ("status" in reply.outcome && reply.outcome.status === "retry") stop = reply;
        return !reply.refusedFor && !stop;
      }
    }
    const half = Math.ceil(part.length / 2);
    const isFirstFine = await send(part.slice(0, half), false);
    await send(part.slice(half), isContent && isFirstFine);
    return false;
  }

  async function askWithoutContent({ index, parcel }: Placed, refused: Reply): Promise<Reply> {
    try {
      const smaller = write(batch[index] as StandardLoggingPayload, false);
      return smaller.text.length < parcel.text.length ? await ask([smaller]) : refused;
    } catch (error) {
      return { ...refused, outcome: unmappable(error) };
    }
  }

  let part: Placed[] = [];
  let characters = 0;
  const parts = [part];
  batch.forEach((payload, index) => {
    try {
      const parcel = write(payload, true);
      const { length } = parcel.text;
      if (characters + length > maxCharacters) {
        parts.push((part = []));
        characters = 0;
      }
      characters += length;
      part.push({ index, parcel });
    } catch (error) {
      items[index] = unmappable(error);
    }
  });
  for (const each of parts) await send(each, false);
  return {
    items,
    ...(unattributedRejected > 0 ? { unattributedRejected } : {}),
    ...(stop?.pause ? { pause: stop.pause } : {}),
  };
}

function unmappable(error: unknown): ItemOutcome {
  return { status: "rejected", code: "unmappable", reason: wordsOf(error) };
}
