import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { configSchemaText } from "../server/settings/config-schema.js";

/* Writes the JSON Schema of waybill.config.json: npx tsx apps/demo/scripts/write-config-schema.ts. A test compares them. */

const path = fileURLToPath(new URL("../waybill.config.schema.json", import.meta.url));
writeFileSync(path, configSchemaText());
process.stderr.write(`${path}\n`);
