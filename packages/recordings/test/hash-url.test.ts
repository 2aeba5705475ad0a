import { describe, expect, it } from "vitest";

import { splitUrl } from "../src/hash/url-path.js";

describe("splitUrl", () => {
  it.each([
    ["https://api.openai.com/v1/v1/chat/completions", "api.openai.com", "/v1/v1/chat/completions"],
    ["https://u:p@h:1/a/b;c?d=e#f", "u:p@h:1", "/a/b"],
    ["http://h", "h", ""],
    ["http://h?a/b", "h", ""],
    ["http://h#a/b", "h", ""],
    ["http://h/a%2Fb/../c//d/", "h", "/a%2Fb/../c//d/"],
    ["http://h/a;b/c;d;e", "h", "/a;b/c"],
    ["http://h/a#b?c", "h", "/a"],
    ["http://h/a?b#c", "h", "/a"],
    ["HTTPS://h/a;b", "h", "/a"],
    ["vertexai:///generate_content", "", "/generate_content"],
    ["vertexai:///a;b", "", "/a;b"],
    [
      "__databricks__/serving-endpoints/v1/chat/completions",
      "",
      "__databricks__/serving-endpoints/v1/chat/completions",
    ],
    ["a;b", "", "a"],
    ["//h/a", "h", "/a"],
    ["/a:b", "", "/a:b"],
    ["1a:b", "", "1a:b"],
    ["mailto:a@b", "", "a@b"],
    ["é:b", "", "é:b"],
    [":b", "", ":b"],
    [" \u0000http://h/a\tb\n", "h", "/ab"],
    ["", "", ""],
  ])("splits %j into %j and %j", (url, authority, path) => {
    expect(splitUrl(url)).toEqual({ authority, path });
  });
});
