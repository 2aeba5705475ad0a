/** Is killed while it has all locks of a spool and has written half of what it wanted to write. */
import { openSpool } from "../../src/index.js";

const [dir] = process.argv.slice(2).map((arg) => JSON.parse(arg) as unknown) as [string];
const spool = await openSpool(dir);
const records = Array.from({ length: 10 }, (_, index) => ({ id: `r${index}`, text: "{}", sinks: ["a"] }));
const real = Buffer.byteLength.bind(Buffer);
let calls = 0;
Buffer.byteLength = (...args) => {
  // Each record is measured when it is written.
  if (++calls === 7) process.kill(process.pid, "SIGKILL");
  return real(...args);
};
spool.append(records);
