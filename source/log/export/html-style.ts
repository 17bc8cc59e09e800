/** The look of an exported entry: a sober page on the screen, and the same on paper. */
export const STYLE = `
:root { --ink: #1c2430; --soft: #5b6675; --line: #d9dee5; --paper: #fff; --wash: #f5f7f9;
  --good: #1b6b3a; --warning: #8a5a00; --bad: #a3211b; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6eaf0; --soft: #9aa5b4; --line: #333c48; --paper: #14181e; --wash: #1c222a;
    --good: #6cc48f; --warning: #e0b25c; --bad: #f0847d; }
}
* { box-sizing: border-box; }
html { background: var(--paper); color: var(--ink); }
body { margin: 0; font: 15px/1.5 system-ui, -apple-system, "Segoe UI", "Noto Sans", "DejaVu Sans", sans-serif; }
main { max-width: 62rem; margin: 0 auto; padding: 3rem 2rem 4rem; }
h1, h2, h3, p, dl, dd { margin: 0; }
h1 { font-size: 1.9rem; line-height: 1.2; font-weight: 650; letter-spacing: -0.01em; }
h2 { font-size: 1.05rem; font-weight: 650; margin-bottom: .75rem; padding-bottom: .35rem; border-bottom: 1px solid var(--line); }
h3 { font-size: 1rem; font-weight: 600; display: flex; gap: .6rem; align-items: baseline; }
section { margin-top: 2.2rem; }
.kicker { color: var(--soft); text-transform: uppercase; letter-spacing: .09em; font-size: .75rem; margin-bottom: .3rem; }
.drill, pre, code { font-family: ui-monospace, "SF Mono", "Cascadia Mono", "DejaVu Sans Mono", monospace; font-size: .82rem; }
code { font-size: .9em; }
.drill { color: var(--soft); margin-top: .3rem; overflow-wrap: anywhere; }
.verdict { display: flex; gap: 1rem; align-items: center; margin-top: 1.4rem; padding: .9rem 1.2rem; border: 1px solid; border-left-width: 6px; border-radius: 4px; }
.verdict strong { font-size: 1.25rem; }
.verdict p { color: var(--ink); }
.verdict .mark { font-size: 1.9rem; line-height: 1; width: 1.6rem; text-align: center; }
.good { color: var(--good); } .warning { color: var(--warning); } .bad { color: var(--bad); } .quiet { color: var(--soft); }
.tiles { display: grid; grid-template-columns: repeat(auto-fill, minmax(11.5rem, 1fr)); gap: .75rem; margin-top: 1.4rem; }
.tiles div { background: var(--wash); border-radius: 4px; padding: .7rem .9rem; }
.tiles dt { color: var(--soft); font-size: .8rem; }
.tiles dd { font-size: 1.2rem; font-weight: 600; font-variant-numeric: tabular-nums; }
.tiles small { display: block; font-size: .78rem; font-weight: 400; color: var(--soft); }
.facts div { display: grid; grid-template-columns: 10.5rem 1fr; gap: 1rem; padding: .22rem 0; }
.facts dt { color: var(--soft); }
.facts dd, td, .text, .remark, h1, h3 span, .name { overflow-wrap: anywhere; white-space: pre-wrap; }
section > .kicker { margin: 1.2rem 0 0; }
article { padding: .9rem 0; border-bottom: 1px solid var(--line); }
article:last-child { border-bottom: 0; }
.step { margin: .6rem 0 0 1rem; padding-left: 1rem; border-left: 2px solid var(--line); }
.line { display: flex; gap: .6rem; align-items: baseline; }
.name { flex: 1; }
.time { color: var(--soft); font-variant-numeric: tabular-nums; white-space: nowrap; }
.pill { flex: none; font-size: .75rem; font-weight: 600; border: 1px solid currentColor; border-radius: 999px; padding: 0 .55rem; white-space: nowrap; }
.optional { flex: none; color: var(--soft); font-size: .8rem; font-weight: 400; }
.remark { margin-top: .3rem; font-size: .88rem; }
.remark span { color: var(--soft); margin-right: .3rem; }
pre { background: var(--wash); border-radius: 4px; padding: .6rem .8rem; margin: .5rem 0; white-space: pre-wrap; overflow-wrap: anywhere; }
table { width: 100%; table-layout: fixed; border-collapse: collapse; margin: .5rem 0; font-size: .88rem; }
th, td { text-align: left; vertical-align: top; padding: .32rem .7rem .32rem 0; border-bottom: 1px solid var(--line); }
th { color: var(--soft); font-weight: 500; }
td:first-child { width: 38%; }
.text { margin: .3rem 0; }
@media (max-width: 40rem) { main { padding: 1.5rem 1rem; } .facts div { grid-template-columns: 1fr; gap: 0; } }
@media print {
  :root { --ink: #000; --soft: #444; --line: #bbb; --paper: #fff; --wash: #fff; --good: #000; --warning: #000; --bad: #000; }
  @page { margin: 16mm 15mm; }
  body { font-size: 10pt; }
  main { max-width: none; padding: 0; }
  .tiles div, pre { border: 1px solid var(--line); }
  .tiles { grid-template-columns: repeat(4, 1fr); }
  h2, h3, .line { break-after: avoid; }
  tr, .tiles div, .facts div, .verdict, pre { break-inside: avoid; }
}
`;
