import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { formats } from "../scripts/formats.js";
import { toJsonSchema } from "../scripts/json-schema.js";
import { check, checkEmit } from "../src/registry.js";
import { documentsOf } from "./json-schema-arbitrary.js";

describe("what Waybill writes", () => {
  it.each(formats)("as $name is accepted by readers, whatever the emit schema allows", ({ name, emit }) => {
    fc.assert(
      fc.property(documentsOf(toJsonSchema(emit)), (document) => {
        const emitted = checkEmit(name, document);
        expect(emitted.ok ? [] : emitted.issues).toEqual([]);
        const accepted = check(name, document);
        expect(accepted.ok ? [] : accepted.issues).toEqual([]);
      }),
    );
  });
});
