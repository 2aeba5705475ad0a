import { wordsOf } from "@waybill/core/thrown";
import { Hono } from "hono";

import type { LedgerRow } from "../../ledger/ledger-row.js";
import { answerHeaders } from "../answer.js";
import { filtersOf, isoOf, type Asked } from "../asking.js";
import { exportForms, type ExportForm } from "../export-rows.js";
import { filterAt } from "../filters.js";

const MOST_ROWS = 1_000_000;
/** Rows are put together to pieces of about this size. */
const PIECE = 64 * 1024;

/** `/api/export`: all calls that pass the filters, as a table or as lines of JSON, in the order of entering. */
export function exportRoute(parts: Asked): Hono {
  const { ledger, now } = parts;
  return new Hono().get("/api/export", (context) => {
    const { query, filters } = filtersOf(context, parts, ["format"]);
    const form = exportForms[query.word("format", ["csv", "jsonl"] as const) ?? "csv"];
    const asOf = now();
    const stop = new AbortController();
    const rows = ledger.export(filterAt(filters, asOf), { max: MOST_ROWS + 1, signal: stop.signal });
    const name = `waybill-${isoOf(asOf).slice(0, 10)}.${form.extension}`;
    return new Response(
      streamOf(rows, form, () => stop.abort()),
      {
        headers: {
          ...answerHeaders,
          "content-type": form.type,
          "content-disposition": `attachment; filename="${name}"`,
        },
      },
    );
  });
}

/** Reads on only when somebody reads what there is. The last line says whether it is all. */
function streamOf(
  rows: AsyncIterable<LedgerRow>,
  form: ExportForm,
  stop: () => void,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  const iterator = rows[Symbol.asyncIterator]();
  let count = 0;
  let piece = form.head;
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        let why: string | null = null;
        try {
          while (piece.length < PIECE) {
            const { done, value } = await iterator.next();
            if (done || count === MOST_ROWS) {
              why = done ? null : `${MOST_ROWS} calls are the most: ask for a shorter range`;
              controller.enqueue(encoder.encode(piece + form.end(count, why)));
              controller.close();
              stop();
              return;
            }
            piece += form.line(value);
            count++;
          }
          controller.enqueue(encoder.encode(piece));
          piece = "";
        } catch (error) {
          controller.enqueue(encoder.encode(piece + form.end(count, wordsOf(error))));
          controller.close();
        }
      },
      cancel: stop,
    },
    { highWaterMark: 0 },
  );
}
