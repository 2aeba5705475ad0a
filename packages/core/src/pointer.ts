export { pointer } from "./validation/issue.js";
