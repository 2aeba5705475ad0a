/** Opens a spool and appends, and tells how that went. */
import { openSpool } from "../../src/index.js";

const [dir, more] = process.argv.slice(2).map((arg) => JSON.parse(arg) as unknown) as [
  string,
  string | undefined,
];
try {
  const spool = await openSpool(dir);
  spool.append([{ id: "r", text: "{}", sinks: ["a"] }]);
  await spool.close();
  console.log("kept");
} catch (error) {
  const { code, message } = error as { code: unknown; message: string };
  console.log(code);
  if (more) console.log(message);
}
