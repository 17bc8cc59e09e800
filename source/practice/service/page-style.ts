export const PAGE_STYLE = `
:root {
  color-scheme: light dark;
  --paper: light-dark(#f6f5f1, #14161a); --card: light-dark(#ffffff, #1d2026);
  --ink: light-dark(#1c2330, #e8e9ec); --soft: light-dark(#5b6472, #9aa3b2);
  --line: light-dark(#d9d6cd, #333944); --you: light-dark(#0b6bcb, #5cb0ff);
  --house: light-dark(#c2410c, #ff9a62); --good: light-dark(#15803d, #5fd38d); --bad: light-dark(#b91c1c, #ff8080);
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 34rem; margin: 0 auto; padding: 2rem 1rem 4rem; }
h1 { display: flex; align-items: center; gap: .6rem; margin: 0; font-size: 1.9rem; letter-spacing: -.02em; }
.mark { width: 1.5rem; height: 1.5rem; border: .35rem solid var(--you); border-right-color: var(--house); border-radius: 50%; }
h2 { display: flex; align-items: baseline; gap: .6rem; margin: 0 0 .8rem; font-size: 1.1rem; }
h2 > span { flex: none; width: 1.6rem; height: 1.6rem; border-radius: 50%; background: var(--ink); color: var(--card); text-align: center; line-height: 1.6rem; font-size: .9rem; }
h2 small, .hint, header p, #leaders { color: var(--soft); font-size: .95rem; font-weight: normal; }
header p { margin: .3rem 0 1.5rem; }
section, footer { background: var(--card); border: 1px solid var(--line); border-radius: .8rem; padding: 1.2rem; margin: 0 0 1rem; }
section p { margin: 0 0 .8rem; }
section p:last-child { margin-bottom: 0; }
label { display: block; margin: 0 0 .7rem; color: var(--soft); font-size: .9rem; }
input { display: block; width: 100%; padding: .55rem .7rem; border: 1px solid var(--line); border-radius: .5rem; background: var(--paper); color: var(--ink); font: inherit; }
button { padding: .55rem 1.1rem; border: 0; border-radius: .5rem; background: var(--you); color: var(--card); font: inherit; font-weight: 600; cursor: pointer; }
button:disabled { opacity: .5; cursor: default; }
:focus-visible { outline: 3px solid var(--house); outline-offset: 2px; }
[hidden] { display: none !important; }
.done, .win { color: var(--good); font-weight: 600; }
#board { display: grid; grid-template-columns: repeat(5, 1fr); gap: .4rem; max-width: 22rem; margin: 1rem auto; }
.cell { aspect-ratio: 1; padding: 0; border-radius: .6rem; background: var(--paper); border: 1px solid var(--line); display: grid; place-items: center; }
.cell:hover:enabled { border-color: var(--you); }
.cell:disabled { opacity: 1; }
.cell::after { content: ""; width: 62%; height: 62%; border-radius: 50%; }
.you::after { border: .45rem solid var(--you); }
.house::after { border: .45rem double var(--house); }
#turn { text-align: center; font-weight: 600; min-height: 1.5em; }
.id { display: flex; flex-wrap: wrap; align-items: center; gap: .6rem; }
.id span { color: var(--soft); }
code { padding: .3rem .5rem; border-radius: .4rem; background: var(--paper); border: 1px dashed var(--house); font-size: .95rem; overflow-wrap: anywhere; user-select: all; }
#problem { padding: .8rem 1.2rem; border-radius: .8rem; border: 1px solid var(--bad); color: var(--bad); font-weight: 600; }
#leaders { margin: 0; padding-left: 1.4rem; }
@media (prefers-reduced-motion: no-preference) { .cell::after { transition: border-width .15s; } }
`;
