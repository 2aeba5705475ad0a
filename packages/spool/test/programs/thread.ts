/** Appends beside the thread that started it, and ends. */
import { workerData } from "node:worker_threads";

import { openSpool } from "../../src/index.js";

const spool = await openSpool(workerData as string);
for (let count = 0; count < 300; count++) spool.append([{ id: `thread-${count}`, text: "{}", sinks: ["a"] }]);
await spool.close();
