import { calcPrice, type PriceOptions } from "@pydantic/genai-prices";

import { past, unknownModel, type Call } from "./calls.js";
import { pricer, type Pricer } from "./pricer.js";

export function withProvider(): Pricer {
  return priceOf(({ provider }) => ({ providerId: provider }));
}

export function withModelAlone(): Pricer {
  return priceOf(() => ({}));
}

export function inThePast(): Pricer {
  return priceOf(({ provider }) => ({ providerId: provider, timestamp: past }));
}

export function ofUnknownModel(): Pricer {
  return priceOf(
    () => ({}),
    () => unknownModel,
  );
}

function priceOf(optionsOf: (call: Call) => PriceOptions, modelOf = ({ model }: Call) => model): Pricer {
  return pricer(
    (call) => {
      const { prompt, cached, completion } = call;
      const usage = { input_tokens: prompt, cache_read_tokens: cached, output_tokens: completion };
      return { usage, model: modelOf(call), options: optionsOf(call) };
    },
    ({ usage, model, options }) => calcPrice(usage, model, options),
    (answer) => answer?.total_price,
  );
}
