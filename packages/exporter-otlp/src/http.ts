export { readAnswer, refusalOf, retryAfterMs, type Answer, type Reply } from "./answer.js";
export { deliverInParts, type Delivery } from "./deliver.js";
export { toCappedJson, toJson } from "./json.js";
export { createPost, endpointOf, type Post, type PostOptions } from "./post.js";
export { sha256 } from "./sha256.js";
