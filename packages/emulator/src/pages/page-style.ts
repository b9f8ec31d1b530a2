import { createHash } from 'node:crypto'

/** The one stylesheet of both pages; it stands in the page, which loads nothing. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --ground: #f4f5f8;
  --panel: #ffffff;
  --ink: #1c2030;
  --quiet: #565d73;
  --line: #c5cad8;
  --edge: #80879c;
  --accent: #4338ca;
  --accent-ink: #ffffff;
  --accent-over: #3730a3;
  --bad: #b3141f;
  --bad-ground: #fdf0f0;
  --good: #10693d;
  --notice: #fff6dc;
  --notice-ink: #5e4500;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #12141c;
    --panel: #1b1e2a;
    --ink: #eceef5;
    --quiet: #a8afc3;
    --line: #363c50;
    --edge: #757d96;
    --accent: #a5b0ff;
    --accent-ink: #12141c;
    --accent-over: #c3cbff;
    --bad: #ff9c9c;
    --bad-ground: #3a1e24;
    --good: #7fd6a4;
    --notice: #332b12;
    --notice-ink: #f2d98a;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body {
  margin: 0;
  min-height: 100vh;
  display: flex;
  flex-direction: column;
  background: var(--ground);
  color: var(--ink);
  font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
  overflow-wrap: anywhere;
}
.notice {
  margin: 0;
  padding: .625rem 1rem;
  background: var(--notice);
  color: var(--notice-ink);
  font-size: .875rem;
  text-align: center;
}
main {
  width: 100%;
  max-width: 62rem;
  margin: 0 auto;
  padding: 2.5rem 1.5rem 3rem;
  display: grid;
  gap: 2rem;
  flex: 1;
  align-content: start;
}
main.single { max-width: 30rem; }
@media (min-width: 52rem) {
  main.double { grid-template-columns: minmax(0, 5fr) minmax(0, 6fr); gap: 4rem; padding-top: 4rem; }
}
@media (max-width: 30rem) {
  main { padding: 1.5rem 1rem 2rem; gap: 1.5rem; }
}
.panel {
  background: var(--panel);
  border: 1px solid var(--line);
  border-radius: .875rem;
  padding: 1.75rem;
}
@media (max-width: 30rem) { .panel { padding: 1.25rem; } }
h1, h2, p, dl, dd, ul { margin: 0; }
h1 { font-size: 1.0625rem; font-weight: 500; line-height: 1.4; }
h2 { font-size: 1.125rem; font-weight: 600; line-height: 1.4; }
.panel h1 { font-size: 1.375rem; font-weight: 600; }
h1 + .amount { margin-top: .375rem; }
.back { display: inline-block; margin-bottom: 1.25rem; padding: .25rem 0; font-size: .9375rem; }
.amount { font-size: 2.25rem; font-weight: 650; line-height: 1.2; letter-spacing: -.02em; font-variant-numeric: tabular-nums; }
.then { margin-top: .25rem; color: var(--quiet); }
.lines { list-style: none; padding: 0; margin-top: 1.75rem; border-top: 1px solid var(--line); }
.lines li, .total { display: flex; justify-content: space-between; gap: 1.25rem; padding: .875rem 0; border-bottom: 1px solid var(--line); }
.lines strong { font-weight: 600; display: block; }
.lines small, .quiet { color: var(--quiet); font-size: .875rem; }
.lines .sum, .total .sum { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
.lines .sum small { display: block; white-space: normal; }
.total { border-bottom: 0; font-weight: 600; }
form { display: grid; gap: 1.125rem; margin-top: 1.25rem; }
.pair { display: grid; grid-template-columns: 1fr 1fr; gap: 1.125rem; align-items: start; }
label { display: block; margin-bottom: .375rem; font-size: .9375rem; font-weight: 550; }
input {
  width: 100%;
  min-height: 2.875rem;
  padding: .5rem .75rem;
  font: inherit;
  color: inherit;
  background: transparent;
  border: 1px solid var(--edge);
  border-radius: .5rem;
}
input[readonly] { background: var(--ground); }
input::placeholder { color: var(--quiet); opacity: 1; }
input[aria-invalid] { border-color: var(--bad); box-shadow: inset 0 0 0 1px var(--bad); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.wrong { margin-top: .375rem; color: var(--bad); font-size: .875rem; }
.alert {
  margin-top: 1.25rem;
  padding: .875rem 1rem;
  background: var(--bad-ground);
  border: 1px solid var(--bad);
  border-radius: .5rem;
}
.alert strong { display: block; color: var(--bad); }
.alert a { color: inherit; }
a { color: var(--accent); text-underline-offset: .15em; }
a:hover { text-decoration-thickness: 2px; }
button, .button {
  display: block;
  width: 100%;
  min-height: 3rem;
  padding: .625rem 1rem;
  font: inherit;
  font-weight: 600;
  text-align: center;
  text-decoration: none;
  color: var(--accent-ink);
  background: var(--accent);
  border: 1px solid var(--accent);
  border-radius: .5rem;
  cursor: pointer;
}
button:hover, .button:hover { background: var(--accent-over); border-color: var(--accent-over); }
button.other { color: var(--ink); background: transparent; border-color: var(--edge); }
button.other:hover { border-color: var(--ink); }
.button { margin-top: 1.5rem; }
details { margin-top: 1.5rem; border-top: 1px solid var(--line); padding-top: 1rem; font-size: .9375rem; }
summary { cursor: pointer; padding: .25rem 0; }
details dl { display: grid; grid-template-columns: auto 1fr; gap: .375rem 1rem; margin-top: .75rem; font-size: .875rem; }
details p { margin-top: .75rem; }
dt { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; white-space: nowrap; user-select: all; }
dd { color: var(--quiet); }
@media (max-width: 30rem) {
  .amount { font-size: 1.875rem; }
  details dl { grid-template-columns: 1fr; gap: 0; }
  details dd { margin-bottom: .625rem; }
}
.facts { display: grid; grid-template-columns: auto 1fr; gap: .5rem 1.5rem; margin: 1.25rem 0; padding: 1rem 0; border: solid var(--line); border-width: 1px 0; }
.facts dt { font-family: inherit; color: var(--quiet); user-select: auto; }
.facts dd.id { font-size: .8125rem; line-height: 1.5rem; }
.facts dd { color: inherit; text-align: right; font-variant-numeric: tabular-nums; }
.panel > h1 + p { margin-top: .75rem; }
.mark { font-size: .875rem; font-weight: 600; }
.mark + h1 { margin-top: .25rem; }
.mark.good { color: var(--good); }
.mark.bad { color: var(--bad); }
footer { padding: 0 1rem 1.5rem; text-align: center; color: var(--quiet); font-size: .875rem; }
@media (forced-colors: active) { input[aria-invalid] { outline: 1px solid; } }
`

/** Names the stylesheet to the browser, which then takes no other. */
export const STYLE_SOURCE: string = `'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`
