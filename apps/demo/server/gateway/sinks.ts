import type { ServerResponse } from "node:http";

import type { StandardLoggingPayloadEmit } from "@waybill/core";
import type { Api, BodyEdit } from "@waybill/fetch";

import type { Refusal } from "../access/errors.js";
import { costHeaders } from "./answer-headers.js";
import type { CostComment } from "./cost-comment.js";

/** Where the pieces of an answer go. */
export type Sink = {
  /** Takes a piece, and says whether there is room for more. */
  write: (piece: Uint8Array) => boolean;
  end: () => void;
  /** Ends an answer that broke off. */
  cut: (why: Refusal) => void;
};

/** The beginning of an answer. */
export type Head = { status: number; headers: Record<string, string> };

/** The record of a call, once it is made. */
type PayloadOf = () => StandardLoggingPayloadEmit | undefined;

/** The most of a plain answer that is held until its end is known, so that its headers can say what it cost. */
const MOST_HELD = 16 * 1024 * 1024;

/** How long the end of a stream waits for the end of the connection, by which its cost is known. Milliseconds. */
const LONGEST_HELD_MS = 250;

/** Events go out as they come. What breaks off ends with an event that says why. */
export function eventSink(
  outgoing: ServerResponse,
  head: Head,
  api: Api | undefined,
  comment: CostComment | undefined,
  payload: PayloadOf,
): Sink {
  begin(outgoing, head);
  let timer: NodeJS.Timeout | undefined;
  // An API may leave the connection open behind the end, for which the caller waits.
  const letGo = (): void => {
    if (comment?.isHolding && !outgoing.destroyed && !outgoing.writableEnded)
      outgoing.write(comment.giveUp());
  };
  return {
    write: comment
      ? (piece) => {
          const passed = comment.pass(piece);
          if (comment.isHolding) timer ??= setTimeout(letGo, LONGEST_HELD_MS);
          return passed.length === 0 || outgoing.write(passed);
        }
      : (piece) => outgoing.write(piece),
    end: () => {
      clearTimeout(timer);
      outgoing.end(comment?.end(payload()));
    },
    // No `[DONE]`: what there is of the answer is not all of it.
    cut: (why) => {
      clearTimeout(timer);
      if (comment) outgoing.write(comment.rest());
      outgoing.end(errorEvent(why, api));
    },
  };
}

/** A sink that gets what an edit leaves of the pieces. */
export function editedSink(sink: Sink, edit: BodyEdit): Sink {
  const pass = (piece: Uint8Array): boolean => piece.length === 0 || sink.write(piece);
  return {
    write: (piece) => pass(edit.pass(piece)),
    end: () => {
      pass(edit.end());
      sink.end();
    },
    cut: (why) => {
      pass(edit.end());
      sink.cut(why);
    },
  };
}

/** Bytes that are no events, such as sound, go out as they come. */
export function rawSink(outgoing: ServerResponse, head: Head): Sink {
  begin(outgoing, head);
  return {
    write: (piece) => outgoing.write(piece),
    end: () => outgoing.end(),
    cut: () => outgoing.destroy(),
  };
}

/** The answer waits for its end, so that its headers can say what it cost; a huge one does not. */
export function heldSink(outgoing: ServerResponse, { status, headers }: Head, payload: PayloadOf): Sink {
  let held: Uint8Array[] | undefined = [];
  let bytes = 0;
  return {
    write: (piece) => {
      if (!held) return outgoing.write(piece);
      held.push(piece);
      bytes += piece.length;
      if (bytes <= MOST_HELD) return true;
      outgoing.writeHead(status, headers);
      const hasRoom = held.map((each) => outgoing.write(each)).at(-1) === true;
      held = undefined;
      return hasRoom;
    },
    end: () => {
      if (!held) return outgoing.end();
      const whole = Buffer.concat(held);
      const all = { ...headers, ...costHeaders(payload()), "content-length": String(whole.length) };
      return outgoing.writeHead(status, all).end(whole);
    },
    cut: ({ status: refused, body, headers: more }) => {
      if (!held) return outgoing.destroy();
      const text = Buffer.from(JSON.stringify(body));
      const length = { "content-type": "application/json", "content-length": String(text.length) };
      return outgoing.writeHead(refused, { ...headers, ...more, ...length }).end(text);
    },
  };
}

/**
 * The headers are an answer already: who waits for them does not wait for the first piece. Most times that is here with them, and
 * both go out at once.
 */
function begin(outgoing: ServerResponse, { status, headers }: Head): void {
  outgoing.writeHead(status, headers);
  const before = outgoing.socket?.bytesWritten;
  setImmediate(() => {
    if (!outgoing.destroyed && outgoing.socket?.bytesWritten === before) outgoing.flushHeaders();
  });
}

/** An answer may break off in the middle of an event: blank lines end it, and are nothing where there is none. */
function errorEvent({ body }: Refusal, api: Api | undefined): string {
  // Anthropic's clients look at named events only.
  return api === "messages"
    ? `\n\nevent: error\ndata: ${JSON.stringify({ type: "error", ...body })}\n\n`
    : `\n\ndata: ${JSON.stringify(body)}\n\n`;
}
