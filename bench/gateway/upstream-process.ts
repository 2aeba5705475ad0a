import { createServer, type ServerResponse } from "node:http";

/*
 * The API behind the proxies, in a process of its own: answers every request with a stream of 100 chunks in OpenAI's form, one for
 * all streams at a time, so that the chunks of a stream come one by one and not in heaps.
 */

const CHUNKS = 100;
/** Between two chunks of a stream. */
const PACE_MS = 10;

const model = "gpt-4o-2024-08-06";
let count = 0;

type Stream = { response: ServerResponse; id: string; sent: number };
const streams = new Set<Stream>();

function event(id: string, sent: number): string {
  const head = `{"id":"${id}","object":"chat.completion.chunk","created":1766000000,"model":"${model}","service_tier":"default","system_fingerprint":"fp_1","choices":[{"index":0,"delta":`;
  if (sent === 0)
    return `data: ${head}{"role":"assistant","content":""},"logprobs":null,"finish_reason":null}],"usage":null}\n\n`;
  if (sent < CHUNKS - 2)
    return `data: ${head}{"content":" word${sent % 10}"},"logprobs":null,"finish_reason":null}],"usage":null}\n\n`;
  if (sent === CHUNKS - 2)
    return `data: ${head}{},"logprobs":null,"finish_reason":"stop"}],"usage":null}\n\n`;
  return `data: {"id":"${id}","object":"chat.completion.chunk","created":1766000000,"model":"${model}","choices":[],"usage":{"prompt_tokens":12,"completion_tokens":97,"total_tokens":109}}\n\n`;
}

setInterval(() => {
  for (const stream of streams) {
    stream.response.write(event(stream.id, stream.sent++));
    if (stream.sent < CHUNKS) continue;
    streams.delete(stream);
    stream.response.end("data: [DONE]\n\n");
  }
}, PACE_MS);

const server = createServer((request, response) => {
  request.resume();
  request.on("end", () => {
    response.writeHead(200, { "content-type": "text/event-stream", "x-request-id": `req_${count}` });
    response.flushHeaders();
    const stream = { response, id: `chatcmpl-bench${String(count++).padStart(20, "0")}`, sent: 0 };
    // The first chunk goes at once, so that the time to it is the proxy's.
    response.write(event(stream.id, stream.sent++));
    streams.add(stream);
    response.on("close", () => streams.delete(stream));
  });
});

process.on("disconnect", () => process.exit());
server.keepAliveTimeout = 60_000;
server.listen(0, "127.0.0.1", () => process.send?.((server.address() as { port: number }).port));
