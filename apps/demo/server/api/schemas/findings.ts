import { Type, type Static } from "@sinclair/typebox";

import { Count, exact, nullable, oneOf, Text } from "./pieces.js";

const IssueSchema = Type.Object({ path: Text, code: Text, message: Text }, exact);
const FindingSchema = Type.Object(
  { code: Text, severity: oneOf(["error", "warning", "info"]), path: Text, message: Text },
  exact,
);
const VerdictSchema = oneOf(["match", "mismatch", "unverifiable"]);

/** Whether a document is what its schema asks for. */
export const CheckAnswerSchema = Type.Object(
  {
    schema: Text,
    ok: Type.Boolean(),
    issues: Type.Array(IssueSchema, { description: "The last one says how many more there are, if any." }),
  },
  exact,
);
export type CheckAnswer = Static<typeof CheckAnswerSchema>;

export const LintsSchema = Type.Array(FindingSchema);

/** The costs that a document states, beside what they should be. */
export const AuditReportSchema = Type.Object(
  {
    verdict: VerdictSchema,
    claims: Type.Array(
      Type.Object(
        {
          path: Text,
          claimed: nullable(
            Type.Number({ description: "As the document states it; null is no JSON number." }),
          ),
          computed: nullable(Type.Number()),
          exact: nullable(Text),
          verdict: VerdictSchema,
          causes: Type.Array(Type.Object({ code: Text, message: Text })),
          reason: Type.Optional(Text),
        },
        exact,
      ),
    ),
    more: Type.Integer({ minimum: 0, description: "Claims that are not listed." }),
    reason: Type.Optional(Text),
  },
  exact,
);
export type AuditReportAnswer = Static<typeof AuditReportSchema>;

/** A member that is too large for an answer, and how large it is. */
export const OmittedSchema = Type.Object({ field: Text, characters: Count }, exact);
