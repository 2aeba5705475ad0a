import { createServer } from "node:http";
import { gunzipSync } from "node:zlib";

/*
 * The other side, in a process of its own: takes spans and Langfuse events, counts them by their ids, and can be told to
 * fail. `POST /fault?mode=500|stall|ok`, `GET /counts`.
 */

type Mode = "ok" | "500" | "stall";

const ids = new Set<string>();
let events = 0;
let mode: Mode = "ok";
const stalled = new Set<() => void>();

const server = createServer((request, response) => {
  const url = new URL(request.url ?? "/", "http://localhost");
  if (url.pathname === "/counts") {
    response.end(JSON.stringify({ events, distinct: ids.size }));
    return;
  }
  if (url.pathname === "/fault") {
    mode = url.searchParams.get("mode") as Mode;
    for (const cut of stalled) cut();
    response.end();
    return;
  }
  const pieces: Buffer[] = [];
  request.on("data", (piece: Buffer) => pieces.push(piece));
  request.on("end", () => {
    if (mode === "500") {
      response.writeHead(500, { "content-type": "text/plain" }).end("down");
      return;
    }
    if (mode === "stall") {
      const cut = (): void => {
        stalled.delete(cut);
        request.socket.destroy();
      };
      stalled.add(cut);
      return;
    }
    const whole = Buffer.concat(pieces);
    const text =
      request.headers["content-encoding"] === "gzip" ? gunzipSync(whole).toString() : whole.toString();
    const answer = count(url.pathname, JSON.parse(text));
    response
      .writeHead(answer.status, { "content-type": "application/json" })
      .end(JSON.stringify(answer.body));
  });
  request.on("error", () => undefined);
});

type Traces = { resourceSpans: { scopeSpans: { spans: { spanId: string; traceId: string }[] }[] }[] };

function count(path: string, body: unknown): { status: number; body: unknown } {
  if (path.endsWith("/v1/traces")) {
    for (const { scopeSpans } of (body as Traces).resourceSpans)
      for (const { spans } of scopeSpans) for (const { traceId, spanId } of spans) add(traceId + spanId);
    return { status: 200, body: {} };
  }
  const { batch } = body as { batch: { id: string; type: string; body: { id: string } }[] };
  for (const event of batch) if (event.type.startsWith("generation")) add(event.body.id);
  return { status: 207, body: { successes: batch.map(({ id }) => ({ id, status: 201 })), errors: [] } };
}

function add(id: string): void {
  events++;
  ids.add(id);
}

// A peer that holds its connections must not keep this process.
process.on("disconnect", () => process.exit());
server.listen(0, "127.0.0.1", () => process.send?.((server.address() as { port: number }).port));
