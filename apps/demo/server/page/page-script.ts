import { parts, words } from "./page-parts.js";

/* The script of the page, as text: it runs in browsers, and only what is imported reaches the build of a server. */

const program = String.raw`
const MOST_ENDED = 150;
const live = new Map();
const ended = new Map();
let lastSeq = 0;
let isPaused = false;
let held = [];
let refreshing = 0;

function grow(view, patch) {
  const before = patch.reset || patch.skipped > 0 ? "" : view.text;
  view.text = (before + patch.append).slice(-240);
  fillLive(view, patch);
}

function start(row) {
  stop(row.id);
  const view = rowOf(row);
  view.text = row.text;
  fillLive(view, row);
  live.set(row.id, view);
  byId("live").append(view.item);
}

function stop(id) {
  const view = live.get(id);
  if (!view) return;
  view.item.remove();
  live.delete(id);
}

function end(row) {
  stop(row.id);
  lastSeq = Math.max(lastSeq, row.seq);
  if (isPaused) {
    held = held.filter((each) => each.id !== row.id);
    held.push(row);
    if (held.length > MOST_ENDED) held.shift();
    return show("held", held.length + (held.length === MOST_ENDED ? " or more" : "") + " new, shown when you go on");
  }
  put(row);
}

function put(row) {
  const old = ended.get(row.id);
  if (old) old.item.remove();
  const view = rowOf(row);
  view.item.dataset.seq = String(row.seq);
  fillEnded(view, row);
  const list = byId("calls");
  let next = list.firstElementChild;
  while (next && Number(next.dataset.seq) > row.seq) next = next.nextElementSibling;
  list.insertBefore(view.item, next);
  ended.delete(row.id);
  ended.set(row.id, view);
  if (ended.size > MOST_ENDED) {
    const last = list.lastElementChild;
    ended.delete(last.dataset.callId);
    last.remove();
  }
  byId("empty").hidden = true;
}

function totals(sums) {
  const list = byId("totals");
  const tokens = sums.tokens.total.sum;
  const rows = [
    ["Spend", sums.spend === null ? "no price" : "$" + sums.spend],
    ["Calls", countText(sums.calls)],
    ["Failed, cut short", countText(sums.failed) + ", " + countText(sums.cut)],
    ["First token, median", durationText(sums.ttft.p50)],
    ["Tokens", countText(tokens)],
    ["Saved by caching", sums.saved === null ? "unknown" : (sums.saved[0] === "-" ? "-$" + sums.saved.slice(1) : "$" + sums.saved)],
    ["Claims that do not add up", countText(sums.mismatches)],
  ];
  list.replaceChildren(...rows.map(([name, value]) => {
    const box = part("div");
    box.append(part("dt", "", name), part("dd", "", value));
    return box;
  }));
  byId("totals-note").textContent = sums.unpriced > 0 ? countText(sums.unpriced) + " calls without a price not included" : "";
  list.dataset.asOf = sums.asOf;
}

function delivery(state) {
  byId("delivery").replaceChildren(...state.sinks.map((sink) => {
    const waiting = sink.spooled + sink.buffered + sink.inFlight;
    const gone = sink.rejected + sink.dead + sink.dropped;
    const item = part("li", gone > 0 ? "warn" : "", visible(sink.name) + ": " + sink.state + ", " + countText(sink.sent) +
      " sent, " + countText(waiting) + " waiting, " + countText(sink.dead) + " dead, " + countText(sink.dropped) + " dropped, " +
      countText(sink.rejected) + " rejected");
    if (sink.lastProblem) item.append(part("div", "small", visible(sink.lastProblem.reason)));
    return item;
  }));
  clearTimeout(refreshing);
  refreshing = setTimeout(refreshStates, 2000);
}

async function read(path) {
  const response = await fetch(path, { headers: { accept: "application/json" } });
  const answer = await response.json();
  if (response.ok) return answer;
  throw new Error(answer.error ? answer.error.message + " (" + response.status + " " + answer.error.code + ")" : "HTTP " + response.status);
}

function failed(error) {
  show("problem", "The list cannot be read: " + visible(String(error.message)));
}

// What became of records at their sinks comes after their rows.
async function refreshStates() {
  try {
    const answer = await read("/api/calls?limit=50");
    for (const row of answer.items) {
      const view = ended.get(row.id);
      if (view) fillDelivery(view, row.delivery);
    }
  } catch (error) {
    failed(error);
  }
}

async function load() {
  try {
    const answer = await read("/api/calls?limit=50");
    show("problem", "");
    for (const row of answer.items.reverse()) put(row);
    lastSeq = Math.max(lastSeq, answer.watermark);
    byId("empty").hidden = ended.size > 0 || live.size > 0;
  } catch (error) {
    failed(error);
  }
}

// Events of one frame are drawn in one frame.
const waiting = [];
function later(work) {
  if (waiting.push(work) > 1) return;
  requestAnimationFrame(() => {
    for (const each of waiting.splice(0)) each();
  });
}

let source;
function connect() {
  source = new EventSource("/api/live" + (lastSeq > 0 ? "?since=" + lastSeq : ""));
  const on = (name, work) => source.addEventListener(name, (event) => later(() => work(JSON.parse(event.data))));
  on("hello", () => {
    show("connection", "Live");
    for (const id of [...live.keys()]) stop(id);
  });
  on("calls", (event) => {
    for (const row of event.start) start(row);
    for (const [id, patch] of event.patch) {
      const view = live.get(id);
      if (view) grow(view, patch);
    }
    for (const row of event.end) end(row);
    for (const id of event.gone) stop(id);
  });
  on("totals", totals);
  on("delivery", delivery);
  on("gap", load);
  on("bye", (event) => {
    source.close();
    show("connection", "Reconnecting");
    setTimeout(connect, event.retryMs);
  });
  source.onerror = () => {
    show("connection", source.readyState === EventSource.CLOSED ? "Not live: load the page again" : "Reconnecting");
  };
}

byId("pause").addEventListener("click", () => {
  isPaused = !isPaused;
  byId("pause").setAttribute("aria-pressed", String(isPaused));
  byId("pause").textContent = isPaused ? "Go on" : "Pause";
  if (isPaused) return;
  for (const row of held) put(row);
  held = [];
  show("held", "");
});

// Browsers allow a host few connections: a page that nobody sees gives its own back.
let hiding = 0;
document.addEventListener("visibilitychange", () => {
  clearTimeout(hiding);
  if (document.hidden) {
    hiding = setTimeout(() => source.close(), 30000);
  } else if (source.readyState === EventSource.CLOSED) {
    connect();
  }
});

read("/api/session").then((session) => {
  const notes = [];
  if (session.demo) notes.push("Recorded calls, nothing is billed.");
  if (session.recovered) notes.push("The ledger could not be read and was moved to " + session.recovered.movedTo + ": a new one was begun.");
  show("notice", visible(notes.join(" ")));
  byId("about").textContent = "Waybill " + session.version + ", " +
    (session.upstream.kind === "recordings" ? "bundled recordings" : visible(session.upstream.host || "")) +
    ", calls are kept " + session.retentionDays + " days";
}, failed);
byId("address").textContent = location.origin + "/v1/chat/completions";
load().then(connect);
`;

export const pageScript = `"use strict";\n${words}${parts}${program}`;
