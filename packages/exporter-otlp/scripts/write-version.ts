import { readFileSync, writeFileSync } from "node:fs";

/* Writes the package's version into src/version.ts; part of npm run version-packages. */

const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as {
  version: string;
};
const file = new URL("../src/version.ts", import.meta.url);
writeFileSync(
  file,
  readFileSync(file, "utf8").replace(/version = ".*"/, `version = ${JSON.stringify(version)}`),
);
