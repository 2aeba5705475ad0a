import type { Source } from "../src/catalog/format.js";

/** LiteLLM's price map of a day. */
export function litellmSource(date: string): Source {
  return {
    id: "litellm",
    kind: "litellm",
    date,
    licence: "MIT, Copyright (c) 2023 Berri AI",
    url: "https://github.com/BerriAI/litellm/blob/main/model_prices_and_context_window.json",
  };
}

/** The price data of genai-prices of a day. */
export function genaiSource(date: string): Source {
  return {
    id: "genai-prices",
    kind: "genai-prices",
    date,
    licence: "MIT, Copyright (c) Pydantic Services Inc. 2025 to present",
    url: "https://github.com/pydantic/genai-prices",
  };
}

/** A price entered by hand, with the address of its evidence. */
export function manualSource(date: string, evidence: string): Source {
  return { id: "manual", kind: "manual", date, licence: "MIT, Waybill", url: evidence };
}
