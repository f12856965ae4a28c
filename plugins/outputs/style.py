"""The report's looks: one style sheet, light and dark, on screen and on paper."""

CSS = """
:root {
  color-scheme: light dark;
  --paper: #fbfaf7; --card: #ffffff; --ink: #1d2530; --soft: #5a6575; --line: #dcdfe4;
  --law: #2f4b7c; --local: #7a4b8c;
  --bad: #b3261e; --late: #9a5b00; --good: #1f6e43; --open: #2f5fa8; --quiet: #68717d;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #14181d; --card: #1c2229; --ink: #e6e9ee; --soft: #a3adba; --line: #343c47;
    --law: #9db7e8; --local: #d0a8e0;
    --bad: #ff8a80; --late: #f0b45a; --good: #7fd1a3; --open: #8fb7f5; --quiet: #9aa4b1;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; padding: 2rem 1.25rem 4rem; max-width: 84rem; background: var(--paper);
  color: var(--ink); font: 1rem/1.55 system-ui, "Segoe UI", "Liberation Sans", sans-serif;
}
a { color: var(--open); }
:focus-visible { outline: 3px solid var(--open); outline-offset: 2px; }
header { border-bottom: 3px solid var(--law); padding-bottom: 1rem; }
h1 { font-size: 1.9rem; line-height: 1.2; margin: 0 0 .3rem; letter-spacing: -.01em; }
h2 { font-size: 1.3rem; margin: 3rem 0 .4rem; }
h3 { font-size: 1rem; margin: 0; }
p { max-width: 46rem; }
nav ul {
  display: flex; flex-wrap: wrap; gap: .3rem 1.2rem; list-style: none; padding: 0;
  margin: .8rem 0 0;
}
.soft, caption, figcaption { color: var(--soft); }
dl.facts {
  display: grid; grid-template-columns: max-content 1fr; gap: .15rem 1rem; margin: .8rem 0 0;
}
dl.facts dt { color: var(--soft); } dl.facts dd { margin: 0; }
.tiles {
  display: grid; grid-template-columns: repeat(auto-fit, minmax(14rem, 1fr)); gap: .8rem;
  padding: 0; list-style: none;
}
.tiles li {
  background: var(--card); border: 1px solid var(--line); border-radius: .5rem;
  padding: .8rem 1rem; break-inside: avoid;
}
.tiles p { margin: .1rem 0 .5rem; font-size: .85rem; line-height: 1.35; color: var(--soft); }
.tiles div { display: flex; justify-content: space-between; align-items: center; }
.tiles strong { font-size: 1.5rem; line-height: 1.35; font-variant-numeric: tabular-nums; }
.table {
  overflow-x: auto; background: var(--card); border: 1px solid var(--line); border-radius: .5rem;
  margin: .8rem 0;
}
table { border-collapse: collapse; width: 100%; font-size: .92rem; }
caption { text-align: left; padding: .6rem .8rem; }
th, td {
  text-align: left; vertical-align: top; padding: .4rem .8rem; border-top: 1px solid var(--line);
}
thead th { color: var(--soft); font-weight: 600; }
thead th.number { white-space: normal; }
tbody th { font-weight: 600; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.nought { color: var(--soft); font-weight: 400; }
th.number { text-align: right; } td.number, th.number { padding: .4rem .45rem .4rem .2rem; }
thead th.number { font-size: .85rem; vertical-align: bottom; }
tbody th { min-width: 8rem; } .rule { display: block; min-width: 14rem; }
.note { display: block; }
.rule.under { padding-left: 1.2rem; font-weight: 400; }
time, .id { white-space: nowrap; font-variant-numeric: tabular-nums; }
.verdict { white-space: nowrap; font-weight: 600; }
.bad { color: var(--bad); } .late { color: var(--late); } .good { color: var(--good); }
.open { color: var(--open); } .quiet { color: var(--quiet); }
.clock {
  white-space: nowrap; border: 1px solid; border-radius: 1rem; padding: 0 .55rem;
  font-size: .82rem;
}
.clock.law { color: var(--law); } .clock.local { color: var(--local); border-style: dashed; }
figure {
  margin: 1rem 0; background: var(--card); border: 1px solid var(--line); border-radius: .5rem;
  padding: .8rem 1rem; break-inside: avoid;
}
svg {
  display: block; width: 100%; height: auto; margin-top: .4rem; font: 11px system-ui, sans-serif;
}
svg text { fill: var(--soft); } svg .lane { fill: var(--ink); }
svg .grid { stroke: var(--line); } svg .today { stroke: var(--ink); stroke-dasharray: 3 3; }
svg .span { stroke: currentColor; stroke-width: 2; opacity: .45; }
svg .over { stroke: currentColor; stroke-width: 5; opacity: .55; }
svg .mark { stroke: currentColor; stroke-width: 2; fill: var(--card); }
svg .full { fill: currentColor; }
@media print {
  :root {
    --paper: #fff; --card: #fff; --ink: #000; --soft: #444; --line: #bbb; --law: #234;
    --local: #425;
    --bad: #900; --late: #740; --good: #053; --open: #124; --quiet: #555;
  }
  body { max-width: none; padding: 0; font-size: 9.5pt; }
  nav { display: none; } .table { overflow: visible; } thead { display: table-header-group; }
  tr { break-inside: avoid; } h2 { break-after: avoid; }
}
"""
