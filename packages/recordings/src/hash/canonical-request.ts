import { readJson } from "../json/read-json.js";
import { asItIs, canonicalJson, type Normalisation } from "./canonical-json.js";
import { RequestHashError } from "./errors.js";
import {
  currentVersion,
  hashVersions,
  type FileProcessorRequest,
  type HashOptions,
  type HashVersion,
  type InferenceRequest,
  type Recipe,
  type RecordedRequest,
  type RequestBody,
  type ToolRequest,
} from "./request.js";
import { splitUrl } from "./url-path.js";

/** Paths of model lists, whose hashes leave out the test, by the version that knows them first. */
const sharedPaths: ReadonlyMap<string, HashVersion> = new Map([
  ["/api/tags", 2],
  ["/v1/models", 2],
  ["/v1/openai/v1/models", 4],
]);

/**
 * The text whose SHA-256 is the hash of a request, in ASCII. Two requests share a recording exactly if these are equal,
 * so that comparing them shows why a recording was not found.
 * @throws InvalidDocumentError when the body is text that is not JSON
 * @throws UnwritableValueError when the body has no JSON text
 * @throws RequestHashError for a version or recipe that does not exist, and for what the recipe misses in the request
 */
export function canonicalRequest(request: RecordedRequest, options: HashOptions = {}): string {
  const version = options.version ?? currentVersion;
  const recipe = options.recipe ?? recipeOf(request);
  if (!hashVersions.includes(version)) {
    throw new RequestHashError("unknown-version", `there is no version ${version} of the hash, only 1 to 7`);
  }
  if (!Object.hasOwn(recipes, recipe)) {
    throw new RequestHashError("unknown-recipe", `there is no recipe ${JSON.stringify(recipe)}`);
  }
  const members = recipes[recipe](request as never, version);
  return `{${members.map(([name, text]) => `"${name}": ${text}`).join(", ")}}`;
}

function recipeOf(request: RecordedRequest): Recipe {
  if ("toolName" in request) return "tool";
  return "fileId" in request ? "file-processor" : "inference";
}

/** A member of the canonical object: its name and its JSON text. They are in the order of their names. */
type Member = [name: string, text: string];

const recipes = { inference, http, tool, "file-processor": fileProcessor } satisfies Record<
  Recipe,
  (request: never, version: HashVersion) => Member[]
>;

function inference({ method, url, body, testId }: InferenceRequest, version: HashVersion): Member[] {
  const { authority, path } = splitUrl(given("inference", "url", url));
  const streamOptions = version >= 5 && authority.includes("bedrock");
  const members: Member[] = [
    ["body", bodyText(body, { ...normalisationOf(version), streamOptions })],
    ["endpoint", plain(path)],
    ["method", methodText(method)],
  ];
  const hasTestId = version >= 2 && version < (sharedPaths.get(path) ?? Infinity);
  return hasTestId ? [...members, ["test_id", plain(testId)]] : members;
}

function http({ method, url, body, testId }: InferenceRequest, version: HashVersion): Member[] {
  return [
    ["method", methodText(method)],
    ["payload", bodyText(body, normalisationOf(version))],
    ["test_id", plain(testId)],
    ["url", plain(given("http", "url", url))],
  ];
}

function tool({ kwargs, provider, toolName }: ToolRequest): Member[] {
  return [
    ["kwargs", bodyText(kwargs, asItIs)],
    ["provider", plain(given("tool", "provider", provider))],
    ["tool_name", plain(given("tool", "toolName", toolName))],
  ];
}

function fileProcessor({ fileId, testId, chunkingStrategy, options }: FileProcessorRequest): Member[] {
  const members: [string, unknown][] = [
    ["api", "file_processors"],
    ["chunking_strategy", chunkingStrategy],
    ["file_id", given("file-processor", "fileId", fileId)],
    ["options", options],
    ["test_id", testId ?? null],
  ];
  return members.filter(([, value]) => value !== undefined).map(([name, value]) => [name, plain(value)]);
}

function normalisationOf(version: HashVersion): Normalisation {
  return {
    decimals: version >= 3,
    projectId: version >= 6,
    fileSearch: version >= 7,
    streamOptions: false,
  };
}

function bodyText(body: RequestBody, normalisation: Normalisation): string {
  return canonicalJson(bodyValue(body), normalisation);
}

/** A body as a value. Text is JSON text: nobody sends a bare string to a model. */
export function bodyValue(body: RequestBody): unknown {
  return typeof body === "string" ? readJson(body) : (body ?? {});
}

function methodText(method = "POST"): string {
  return plain(method.toUpperCase());
}

function plain(value: unknown): string {
  return canonicalJson(value, asItIs);
}

function given(recipe: Recipe, member: string, value: string | undefined): string {
  if (typeof value !== "string") {
    throw new RequestHashError("incomplete-request", `the ${recipe} recipe needs ${member}`);
  }
  return value;
}
