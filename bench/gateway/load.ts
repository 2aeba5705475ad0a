import { Agent, request } from "node:http";

/** What a round of streams took. Milliseconds. */
export type Round = { streams: number; firstByteMs: number[]; bytes: number; failed: number };

const agent = new Agent({ keepAlive: true, maxSockets: 1000 });

const body = JSON.stringify({
  model: "gpt-4o",
  stream: true,
  stream_options: { include_usage: true },
  messages: [
    { role: "system", content: "You answer in one sentence." },
    { role: "user", content: "Which planet has rings?" },
  ],
});

/** Reads so many streams at once, to their ends. */
export async function round(
  url: string,
  streams: number,
  headers: Record<string, string> = {},
): Promise<Round> {
  const taken: Round = { streams, firstByteMs: [], bytes: 0, failed: 0 };
  await Promise.all(Array.from({ length: streams }, () => read(url, headers, taken)));
  return taken;
}

function read(url: string, headers: Record<string, string>, taken: Round): Promise<void> {
  return new Promise((resolve) => {
    const start = performance.now();
    const fail = (): void => {
      taken.failed++;
      resolve();
    };
    const asked = request(url, {
      method: "POST",
      agent,
      headers: {
        "content-type": "application/json",
        "content-length": String(body.length),
        authorization: "Bearer any",
        ...headers,
      },
    });
    asked.on("response", (response) => {
      if (response.statusCode !== 200) {
        response.resume();
        fail();
        return;
      }
      let tail = "";
      response.once("data", () => taken.firstByteMs.push(performance.now() - start));
      response.on("data", (piece: Buffer) => {
        taken.bytes += piece.length;
        tail = (tail + piece.toString("latin1")).slice(-40);
      });
      response.on("end", () => {
        if (tail.includes("[DONE]")) resolve();
        else fail();
      });
      response.on("error", fail);
    });
    asked.on("error", fail);
    asked.end(body);
  });
}
