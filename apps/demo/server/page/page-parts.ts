/*
 * What the page's script is made of, as text: names for numbers, and rows made of elements. Elements get text, and nothing
 * else: under the page's policy anything that reads text as HTML would throw.
 */

export const words = String.raw`
const costWords = { no_usage: "no usage", unpriced: "no price", invalid: "invalid usage" };

function moneyText(cost, status) {
  if (cost === null) return costWords[status] || "unknown";
  return status === "free" ? "$0, free" : "$" + cost;
}

function countText(count) {
  return count === null ? "unknown" : count.toLocaleString("en-US");
}

function durationText(ms) {
  if (ms === null) return "not recorded";
  if (ms < 1000) return Math.round(ms) + " ms";
  return (ms / 1000).toFixed(2) + " s";
}

// What cannot be seen is shown as a sign: control characters, and those that turn or hide text.
const hidden = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

function visible(text) {
  return text.replace(hidden, (sign) => {
    const code = sign.charCodeAt(0);
    if (code < 0x20) return String.fromCharCode(0x2400 + code);
    return "[U+" + code.toString(16).toUpperCase().padStart(4, "0") + "]";
  });
}
`;

export const parts = String.raw`
const byId = (id) => document.getElementById(id);

function part(name, className, text) {
  const element = document.createElement(name);
  if (className) element.className = className;
  if (text !== undefined) element.textContent = text;
  return element;
}

function show(id, text) {
  const element = byId(id);
  element.hidden = text === "";
  element.textContent = text;
}

function timeOf(iso) {
  const time = part("time", "", new Date(iso).toLocaleTimeString());
  time.dateTime = iso;
  return time;
}

function rowOf(row) {
  const item = part("li");
  item.dataset.callId = row.id;
  item.dataset.status = row.status;
  const head = part("div", "line");
  const link = part("a", "", visible(row.model || row.modelAsked || "unknown model"));
  link.href = "/api/calls/" + encodeURIComponent(row.id);
  const status = part("span", statusClass(row.status), statusText(row));
  const cost = part("span", "money");
  head.append(timeOf(row.startedAt), link, status, cost);
  const said = part("div", "said");
  said.dir = "auto";
  const about = part("div", "line small");
  const tokens = part("span");
  const delivery = part("span");
  about.append(tokens, part("span", "", keyText(row.key)), part("span", "", visible(row.tags.join(", "))), delivery);
  item.append(head, said, about);
  return { item, cost, said, tokens, delivery, text: "" };
}

function statusClass(status) {
  return status === "failure" ? "bad" : status === "incomplete" ? "warn" : "";
}

function statusText(row) {
  if (row.status === "streaming") return "under way";
  if (row.status === "failure") return "failed" + (row.error && row.error.status ? ": " + row.error.status : "");
  if (row.status === "incomplete") return "cut short";
  return row.audit === "mismatch" ? "complete, claims another cost" : "complete";
}

function keyText(key) {
  return key ? "key " + visible(key.alias || "…" + (key.lastFour || key.id.slice(-4))) : "no key";
}

function fillEnded(view, row) {
  view.cost.textContent = moneyText(row.cost, row.costStatus);
  if (row.costReason) view.cost.title = row.costReason;
  view.said.textContent = visible(row.preview);
  const tokens = row.tokens;
  view.tokens.textContent =
    (tokens ? countText(tokens.in) + " in, " + countText(tokens.out) + " out" : "tokens unknown") +
    ", " + durationText(row.totalMs);
  fillDelivery(view, row.delivery);
}

function fillDelivery(view, delivery) {
  const sinks = Object.keys(delivery);
  view.delivery.textContent = sinks.map((sink) => visible(sink) + " " + delivery[sink]).join(", ") || "not yet delivered";
}

function fillLive(view, state) {
  view.cost.className = "money estimate";
  view.cost.textContent = state.cost === null ? "no price yet" : "≈ $" + state.cost;
  view.tokens.textContent = "≈ " + countText(state.tokens.out) + " tokens out";
  view.said.textContent = visible(view.text);
}
`;
