/** One column that fits 360 pixels, light and dark. */
export const pageStyle = `:root {
  color-scheme: light dark;
  --desk: #eef1f4; --paper: #ffffff; --ink: #131c26; --ink-2: #52606d; --rule: #d3dae1; --border: #83909c;
  --accent: #083d7d; --bad: #a3200d; --ok: #0a6148; --warn: #7a5200;
}
@media (prefers-color-scheme: dark) {
  :root {
    --desk: #0d1218; --paper: #161d25; --ink: #e6ebf0; --ink-2: #9aa7b4; --rule: #2b3641; --border: #6a7785;
    --accent: #86aefc; --bad: #ff9a85; --ok: #74d6b1; --warn: #f0c36b;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; max-width: 75rem; padding: 0 0.75rem 2rem; background: var(--desk); color: var(--ink);
  font: 0.8125rem/1.5 system-ui, sans-serif; font-variant-numeric: tabular-nums;
}
h1 { margin: 0; font-size: 1.25rem; }
h2 { margin: 1rem 0 0.5rem; font-size: 0.9375rem; }
p { margin: 0.25rem 0; }
a { color: var(--accent); }
ol, ul { list-style: none; margin: 0; padding: 0; }
button {
  min-height: 2.5rem; padding: 0 1rem; border: 1px solid var(--border); border-radius: 3px;
  background: var(--paper); color: var(--ink); font: inherit;
}
button:focus-visible, a:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
[hidden] { display: none; }
.skip { position: absolute; left: -100rem; }
.skip:focus { left: 0.5rem; top: 0.5rem; }
header { padding-top: 1rem; }
header > p:first-of-type { color: var(--ink-2); }
#notice, #held { color: var(--warn); }
#problem { color: var(--bad); }
dl { display: grid; grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); gap: 0.5rem; margin: 0; }
dl > div, #delivery > li, #live > li, #calls > li {
  padding: 0.5rem 0.75rem; background: var(--paper); border: 1px solid var(--rule);
}
dt { color: var(--ink-2); }
dd { margin: 0; font-size: 0.9375rem; overflow-wrap: anywhere; }
#live > li, #calls > li { margin-bottom: 0.25rem; border-left: 3px solid var(--rule); }
#live > li { border-left-color: var(--accent); }
li[data-status="failure"] { border-left-color: var(--bad); }
li[data-status="incomplete"] { border-left-color: var(--warn); }
.line { display: flex; flex-wrap: wrap; gap: 0 0.75rem; }
.line > * { overflow-wrap: anywhere; }
.money { margin-left: auto; font-weight: 600; }
.estimate { color: var(--ink-2); font-weight: 400; }
.small { color: var(--ink-2); font-size: 0.75rem; }
.bad { color: var(--bad); }
.warn { color: var(--warn); }
.ok { color: var(--ok); }
.said { unicode-bidi: isolate; white-space: pre-wrap; overflow-wrap: anywhere; min-height: 1.5em; }
@media (min-width: 35rem) { body { padding: 0 1.5rem 2rem; } }
`;
