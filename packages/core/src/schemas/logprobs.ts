import { Type } from "@sinclair/typebox";

import { maybe } from "./nullable.js";

const Bytes = maybe(Type.Array(Type.Integer(), { description: "UTF-8 bytes of the token." }));

const TokenLogprob = Type.Object(
  {
    token: maybe(Type.String()),
    logprob: maybe(
      Type.Number({ description: "Natural logarithm of the probability; -9999 stands for very unlikely." }),
    ),
    bytes: Bytes,
    top_logprobs: maybe(
      Type.Array(
        Type.Object({
          token: maybe(Type.String()),
          logprob: maybe(Type.Number()),
          bytes: Bytes,
        }),
      ),
    ),
  },
  { title: "TokenLogprob" },
);

/** Log probabilities of a choice. Together's older `tokens` / `token_logprobs` lists pass as unknown members. */
export const Logprobs = Type.Object(
  {
    content: maybe(Type.Array(TokenLogprob)),
    refusal: maybe(Type.Array(TokenLogprob)),
  },
  { description: "Log probabilities of the tokens of this choice." },
);
