import { json } from "../generated/openai.js";
import type { Shard } from "./shard.js";

/** OpenAI's chat models. */
export const openai: Shard = { id: "openai", json };
