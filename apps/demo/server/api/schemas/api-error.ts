import { Type, type Static } from "@sinclair/typebox";

import { exact } from "./pieces.js";

/** Every refusal: what is wrong, with which parameter, and what to do about it. */
export const ApiErrorSchema = Type.Object(
  {
    error: Type.Object(
      {
        code: Type.String({ pattern: "^[a-z_]+$", maxLength: 60 }),
        message: Type.String({ minLength: 1 }),
        field: Type.Optional(Type.String({ description: "The parameter at fault." })),
        hint: Type.Optional(Type.String({ description: "What would be right." })),
        requestId: Type.String({ minLength: 1 }),
      },
      exact,
    ),
  },
  exact,
);
export type ApiError = Static<typeof ApiErrorSchema>;
