import { describe, expect, it } from "vitest";

import { langfuseOptionsFromEnv, type Environment } from "../src/index.js";

const keys = { LANGFUSE_PUBLIC_KEY: "pk", LANGFUSE_SECRET_KEY: "sk" };
const defined = (env: Environment) =>
  Object.fromEntries(
    Object.entries(langfuseOptionsFromEnv({ ...keys, ...env })).filter(([, value]) => value !== undefined),
  );

describe("langfuseOptionsFromEnv", () => {
  it("reads the variables, and leaves out what is not named", () => {
    expect(defined({})).toEqual({ publicKey: "pk", secretKey: "sk" });
    expect(
      defined({
        LANGFUSE_HOST: "https://langfuse.example.com",
        LANGFUSE_RELEASE: "v1",
        LANGFUSE_TRACING_ENVIRONMENT: "staging",
        LANGFUSE_SAMPLE_RATE: "0.5",
        LANGFUSE_TIMEOUT: "5",
      }),
    ).toEqual({
      publicKey: "pk",
      secretKey: "sk",
      baseUrl: "https://langfuse.example.com",
      release: "v1",
      environment: "staging",
      sampleRate: 0.5,
      timeoutMs: 5000,
    });
  });

  it.each([
    [{ LANGFUSE_BASE_URL: "a", LANGFUSE_HOST: "b", LANGFUSE_BASEURL: "c" }, "a"],
    [{ LANGFUSE_BASE_URL: "", LANGFUSE_HOST: "b", LANGFUSE_BASEURL: "c" }, "b"],
    [{ LANGFUSE_BASEURL: "c" }, "c"],
  ])("takes the address of %j from the first that is set", (env, baseUrl) => {
    expect(defined(env)).toMatchObject({ baseUrl });
  });

  it.each([
    [{ LANGFUSE_SECRET_KEY: "" }, /both must be set/],
    [{ LANGFUSE_SAMPLE_RATE: "half" }, /LANGFUSE_SAMPLE_RATE: half/],
    [{ LANGFUSE_SAMPLE_RATE: "1.5" }, /LANGFUSE_SAMPLE_RATE: 1\.5/],
    [{ LANGFUSE_TIMEOUT: "-1" }, /LANGFUSE_TIMEOUT: -1/],
    [{ LANGFUSE_TRACING_ENVIRONMENT: "Production" }, /LANGFUSE_TRACING_ENVIRONMENT: Production/],
  ])("refuses %j instead of passing over it", (env, message) => {
    expect(() => langfuseOptionsFromEnv({ ...keys, ...env })).toThrow(message);
    expect(() => langfuseOptionsFromEnv({ ...keys, ...env })).toThrow(
      expect.objectContaining({ code: "bad-option" }),
    );
  });
});
