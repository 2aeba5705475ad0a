import type { NotFoundHandler } from "hono";

import { refusal } from "../access/errors.js";

/** The answer to a path that is nobody's: where there is something. */
export const notFound: NotFoundHandler = (context) => {
  const message = "there is nothing at this path; calls go to /v1/..., and the page is at /";
  return context.json(refusal(404, "not_found", message).body, 404);
};
