/**
 * The style sheet of the page: one column to read in, contents beside it, tables and figures that scroll by themselves on a
 * phone, a dark variant, a print variant. System fonts only; nothing is fetched.
 */
import { allShades } from '../figures/palette.js'

const lightColours = `
  --paper: #fdfcfa; --raised: #ffffff; --wash: #f4f1eb; --ink: #1d1f23; --muted: #5f646c; --rule: #dcd7cc; --strong: #8d877a;
  --accent: #1f5f8b; --accent-wash: #e6eff5; --drop: #c4572a; --warn: #8a5200; --warn-wash: #fbf0db; --warn-rule: #e2b96a;`
const darkColours = `
  --paper: #15171b; --raised: #1b1e23; --wash: #1f2329; --ink: #e8e5df; --muted: #a2a6ad; --rule: #343941; --strong: #767c86;
  --accent: #7dbbe6; --accent-wash: #1d3243; --drop: #ef9167; --warn: #f0c877; --warn-wash: #2e2717; --warn-rule: #7a6128;`

/** Literal colours of drawings, recoloured for the dark. */
const darkDrawings = (scope: string): string =>
  allShades
    .map(
      ({ light, dark }) =>
        `${scope} .drawing [fill="${light}"]{fill:${dark}}${scope} .drawing [stroke="${light}"]{stroke:${dark}}`,
    )
    .join('\n')

export const pageStyle = `
:root {${lightColours}
  color-scheme: light;
  --serif: Charter, 'Bitstream Charter', 'Iowan Old Style', 'Palatino Linotype', 'URW Palladio L', P052, Cambria, Georgia, 'DejaVu Serif Condensed', 'DejaVu Serif', serif;
  --sans: -apple-system, BlinkMacSystemFont, 'Segoe UI', Roboto, 'Noto Sans', 'Liberation Sans', 'DejaVu Sans Condensed', 'DejaVu Sans', sans-serif;
  --mono: ui-monospace, 'Cascadia Mono', 'SF Mono', Menlo, Consolas, 'DejaVu Sans Mono', monospace;
}
@media (prefers-color-scheme: dark) { :root:not([data-theme=light]) {${darkColours} color-scheme: dark; } }
:root[data-theme=dark] {${darkColours} color-scheme: dark; }

* { box-sizing: border-box; }
html { scroll-behavior: smooth; scroll-padding-top: 1.5rem; -webkit-text-size-adjust: 100%; }
body { --surface: var(--paper); margin: 0; background: var(--paper); color: var(--ink); font: 1.0625rem/1.6 var(--serif); text-rendering: optimizeLegibility; }
a { color: var(--accent); text-decoration-thickness: 1px; text-underline-offset: .16em; }
code { font: .86em/1.4 var(--mono); background: var(--wash); padding: .08em .3em; border-radius: 3px; overflow-wrap: anywhere; }
p { margin: 0 0 1em; text-wrap: pretty; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 2px; }
.skip { position: absolute; left: -99rem; }
.skip:focus { left: 1rem; top: 1rem; background: var(--raised); padding: .5rem 1rem; z-index: 9; }

.page { display: grid; grid-template-columns: minmax(0, 1fr); max-width: 76rem; margin: 0 auto; padding: 0 1.25rem 4rem; }
.masthead { padding: 3.2rem 0 1rem; }
.kicker { font: 600 .75rem/1.4 var(--sans); letter-spacing: .12em; text-transform: uppercase; color: var(--accent); margin: 0 0 .9rem; }
h1 { font: 600 clamp(1.9rem, 5vw, 2.9rem)/1.12 var(--serif); letter-spacing: -.015em; margin: 0 0 .5rem; text-wrap: balance; overflow-wrap: break-word; }
.subtitle { font-size: 1.2rem; line-height: 1.45; color: var(--muted); margin: 0 0 1.6rem; max-width: 44rem; text-wrap: balance; }
.summary { max-width: 44rem; font-size: 1.14rem; }
.highlights { display: grid; grid-template-columns: repeat(auto-fit, minmax(10.5rem, 1fr)); gap: 0; margin: 1.8rem 0 1rem; border-block: 1px solid var(--rule); font-family: var(--sans); }
.highlights div { padding: .95rem 1rem .9rem 0; }
.highlights dt { font-size: .8rem; color: var(--muted); line-height: 1.35; }
.highlights dd { margin: 0; }
.highlights .value { font: 600 1.75rem/1.25 var(--serif); font-variant-numeric: lining-nums tabular-nums; letter-spacing: -.01em; }
.highlights .note { font-size: .78rem; color: var(--muted); }

.contents { position: sticky; top: 0; z-index: 5; background: var(--paper); margin: 0 -1.25rem; border-bottom: 1px solid var(--rule); font: .82rem/1.4 var(--sans); display: flex; align-items: center; }
.contents ol { list-style: none; display: flex; gap: .2rem; margin: 0; padding: .35rem 1rem; overflow-x: auto; scrollbar-width: none; flex: 1; }
.contents ol ol { display: none; }
.contents a { display: block; color: var(--muted); text-decoration: none; white-space: nowrap; padding: .35rem .55rem; border-radius: 4px; }
.contents a:hover { color: var(--ink); background: var(--wash); }
.contents a[aria-current] { color: var(--accent); font-weight: 600; }
.theme { flex: none; margin-right: .75rem; display: inline-flex; padding: .35rem; border-radius: 50%; }
.theme[hidden] { display: none; }
.theme svg { width: 1rem; height: 1rem; }

main { min-width: 0; }
main > section { padding-top: 2.4rem; }
main > section > h2 { font: 600 1.65rem/1.2 var(--serif); letter-spacing: -.01em; margin: 0 0 1rem; padding-top: 1.2rem; border-top: 2px solid var(--ink); text-wrap: balance; }
h3 { font: 600 1.25rem/1.3 var(--serif); margin: 2.4rem 0 .8rem; text-wrap: balance; }
.prose, .lede, .flow-words { max-width: 42rem; }
.lede { color: var(--muted); font-size: 1.05rem; }

.block { margin: 1.8rem 0 2.2rem; }
figure { margin: 0; }
.block-title { font: 600 1rem/1.4 var(--sans); margin: 0 0 .6rem; }
.drawing svg { display: block; width: 100%; height: auto; font-family: var(--sans); }
.drawing .legend { font-family: var(--sans); }
.drawing.narrow { display: none; }
figcaption, .table-notes { font: .82rem/1.5 var(--sans); color: var(--muted); max-width: 46rem; margin-top: .6rem; overflow-wrap: break-word; }
figcaption p, .table-notes p { margin: 0 0 .25em; }

.scroll { overflow-x: auto; max-width: 100%; position: relative; background: linear-gradient(to left, var(--surface) 1rem, transparent) right / 2rem 100% no-repeat local, linear-gradient(to left, var(--rule), transparent) right / .7rem 100% no-repeat scroll; }
.scroll.tall { max-height: min(44rem, 85vh); overflow-y: auto; }
.tall thead th { position: sticky; top: 0; background: var(--surface); z-index: 1; }
table { border-collapse: collapse; font: .875rem/1.45 var(--sans); font-variant-numeric: lining-nums tabular-nums; min-width: min(100%, 24rem); }
caption { caption-side: top; text-align: left; font: 600 1rem/1.4 var(--sans); padding: 0 0 .6rem; }
thead tr:first-child > * { border-top: 1.5px solid var(--ink); padding-top: .5rem; }
thead tr:last-child > * { border-bottom: 1px solid var(--ink); padding-bottom: .45rem; }
tbody tr:last-child > * { border-bottom: 1.5px solid var(--ink); padding-bottom: .5rem; }
tbody tr:first-child > * { padding-top: .5rem; }
th, td { padding: .17rem .8rem; text-align: left; vertical-align: top; font-weight: 400; }
thead th { font-weight: 600; vertical-align: bottom; }
.sublabel th { font-weight: 400; color: var(--muted); font-size: .8rem; }
th:first-child, td:first-child { padding-left: 0; }
tbody tr > :first-child { position: sticky; left: 0; background: var(--surface); max-width: 22rem; overflow-wrap: break-word; }
tbody th:first-child { min-width: 7rem; }
tbody th + th { min-width: 8rem; }
.right { text-align: right; white-space: nowrap; }
.hangs .right { padding-right: 1.5rem; }
.center, .spanner { text-align: center; }
.spanner span { display: block; border-bottom: 1px solid var(--strong); padding-bottom: .25rem; }
.hang { position: absolute; }
.hang sup { line-height: 0; font-size: .8em; letter-spacing: -.03em; }
.below td { color: var(--muted); padding-top: 0; padding-bottom: .35rem; }
.section th { font-weight: 600; padding-top: .7rem; }
.rule > * { border-top: 1px solid var(--rule); padding-top: .4rem; }
.total > * { border-top: 1px solid var(--strong); font-weight: 600; }
.masked abbr { color: var(--muted); text-decoration: none; }
mark { background: var(--accent-wash); color: inherit; font-weight: 600; padding: 0 .25em; border-radius: 3px; }
.wrap td, .wrap th { white-space: normal; }
.wrap .right { white-space: nowrap; }

.tools { display: flex; flex-wrap: wrap; gap: .4rem; margin-top: .7rem; }
button { font: 500 .76rem/1 var(--sans); color: var(--muted); background: transparent; border: 1px solid var(--rule); border-radius: 5px; padding: .42rem .6rem; cursor: pointer; }
button:hover { color: var(--ink); border-color: var(--strong); }
details { font-family: var(--sans); }
details > summary { cursor: pointer; font-size: .82rem; color: var(--muted); padding: .4rem 0; }
details > summary:hover { color: var(--ink); }
details .scroll { max-height: 26rem; overflow: auto; }
details caption { display: none; }

.notice { font: .92rem/1.5 var(--sans); border: 1px solid var(--warn-rule); border-left-width: 4px; background: var(--warn-wash); color: var(--ink); border-radius: 4px; padding: .75rem 1rem; margin: 1.2rem 0; max-width: 46rem; }
.notice p { margin: 0 0 .3em; } .notice p:last-child { margin: 0; }
.notice strong { color: var(--warn); }
.where { color: var(--muted); font-size: .85em; }
.notes { font: .92rem/1.55 var(--sans); padding-left: 1.1rem; max-width: 46rem; }
.notes li { margin-bottom: .45em; overflow-wrap: break-word; }

.flow { list-style: none; margin: 1.4rem 0; padding: 0; font-family: var(--sans); font-size: .9rem; max-width: 50rem; }
.flow > li { position: relative; padding: 0 0 1.25rem 1.5rem; border-left: 2px solid var(--rule); margin-left: .4rem; }
.flow > li:last-child { border-left-color: transparent; padding-bottom: 0; }
.flow > li::before { content: ''; position: absolute; left: -.45rem; top: .3rem; width: .65rem; height: .65rem; border-radius: 50%; background: var(--paper); border: 2px solid var(--accent); }
.flow > li.sample::before, .flow > li.result::before { background: var(--accent); }
.flow .head { display: flex; justify-content: space-between; gap: 1rem; align-items: baseline; flex-wrap: wrap; }
.flow .label { font-weight: 600; overflow-wrap: anywhere; }
.flow .count { font-variant-numeric: tabular-nums; white-space: nowrap; }
.flow .from, .flow .remark { color: var(--muted); font-size: .82rem; }
.flow svg.bar { display: block; width: 100%; height: 8px; margin: .35rem 0; border-radius: 2px; }
.bar .kept { fill: var(--accent); } .bar .left { fill: var(--drop); opacity: .75; } .bar .ground { fill: var(--wash); }
.drops { list-style: none; margin: .2rem 0 0; padding: 0; font-size: .85rem; color: var(--muted); display: grid; grid-template-columns: max-content 1fr; column-gap: .7rem; }
.drops li { display: contents; }
.drops .rows { text-align: right; color: var(--drop); font-variant-numeric: tabular-nums; }
.drops .reason { overflow-wrap: anywhere; }
.unexplained { color: var(--warn); font-weight: 600; }

.scenario { --surface: var(--raised); border: 1px solid var(--rule); border-radius: 8px; background: var(--raised); padding: 1.2rem 1.3rem 1.4rem; margin: 1.6rem 0 2.2rem; }
.scenario > h3 { margin-top: 0; }
.changes { font: .9rem/1.5 var(--sans); padding-left: 1.1rem; margin: 0 0 1rem; }
.pair { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: .9rem; margin: .5rem 0 .4rem; }
.side { border: 1px solid var(--rule); border-radius: 6px; padding: .75rem .9rem .85rem; background: var(--paper); min-width: 0; }
.side-name { font: 600 .72rem/1.3 var(--sans); letter-spacing: .08em; text-transform: uppercase; color: var(--muted); margin: 0 0 .5rem; }
.outcome { margin-top: 1.3rem; font-family: var(--sans); font-size: .9rem; }
.outcome h4 { font: 600 .95rem/1.4 var(--sans); margin: 0 0 .4rem; }
.chain { display: flex; flex-wrap: wrap; gap: .45rem; align-items: stretch; list-style: none; margin: 0; padding: 0; }
.chain li { display: flex; align-items: center; gap: .45rem; }
.chain li + li::before { content: '→'; color: var(--muted); }
.stop { border: 1px solid var(--rule); border-radius: 5px; padding: .3rem .6rem; background: var(--raised); display: block; }
.stop small { display: block; font-size: .72rem; color: var(--muted); line-height: 1.3; }
.stop.moved { border-color: var(--accent); background: var(--accent-wash); box-shadow: inset 0 0 0 1px var(--accent); }
.stop.moved b::after { content: ' ↺'; color: var(--accent); font-weight: 400; }
.stop b { font-weight: 600; }
.verdict { margin: .5rem 0 0; color: var(--muted); font-size: .88rem; }
.shares { list-style: none; margin: 0; padding: 0; display: grid; gap: .45rem; }
.shares .line { display: flex; justify-content: space-between; gap: .8rem; font-variant-numeric: tabular-nums; }
.shares svg.bar { display: block; width: 100%; height: 6px; margin-top: .15rem; }
.shares .modal { font-weight: 600; }

.facts { min-width: 0; margin-bottom: .6rem; }
.facts tr > * { border: 0 !important; padding-top: .15rem !important; padding-bottom: .15rem !important; vertical-align: baseline; }
.facts th { width: 12rem; overflow-wrap: anywhere; }
.hash { font: .76rem/1.4 var(--mono); color: var(--muted); overflow-wrap: anywhere; }
.command { font: .85rem/1.5 var(--mono); background: var(--wash); border-radius: 5px; padding: .7rem .9rem; overflow-x: auto; white-space: pre; margin: 0 0 1.2rem; }
footer { font: .8rem/1.5 var(--sans); color: var(--muted); border-top: 1px solid var(--rule); margin-top: 3.5rem; padding-top: 1rem; }

@media (min-width: 66rem) {
  .page { grid-template-columns: 13.5rem minmax(0, 1fr); column-gap: 3.5rem; padding: 0 2.5rem 5rem; }
  .masthead { grid-column: 2; padding-top: 4.2rem; }
  .contents { grid-column: 1; grid-row: 1 / span 2; align-self: start; top: 0; margin: 0; padding: 4.4rem 0 2rem; max-height: 100vh; overflow-y: auto; border: 0; display: block; font-size: .85rem; }
  .contents ol { display: block; padding: 0; overflow: visible; }
  .contents ol ol { display: block; padding-left: .8rem; font-size: .8rem; }
  .contents a { white-space: normal; padding: .2rem .5rem; border-left: 2px solid transparent; border-radius: 0; }
  .contents a[aria-current] { border-left-color: var(--accent); }
  .theme { margin: 1.2rem .6rem; }
  main { grid-column: 2; }
}
@media (max-width: 34rem) {
  body { font-size: 1rem; }
  .masthead { padding-top: 2rem; }
  .drawing.narrow { display: block; } .drawing.wide { display: none; }
  .pair { grid-template-columns: minmax(0, 1fr); }
  .scenario { padding: 1rem; }
  html { scroll-padding-top: 4rem; }
  tbody tr > :first-child { max-width: 9.5rem; }
  .facts th { width: 7rem; }
}
@media (max-width: 65.99rem) { html { scroll-padding-top: 4rem; } }
@media (prefers-reduced-motion: reduce) { html { scroll-behavior: auto; } }
@media print {
  @page { margin: 18mm 16mm; }
  body { font-size: 10pt; background: #fff; }
  .contents, .tools, .skip { display: none !important; }
  .page { display: block; max-width: none; padding: 0; }
  .masthead { padding-top: 0; }
  .block, .scenario, .outcome, .flow > li, tr { break-inside: avoid; }
  h2, h3, .block-title, caption { break-after: avoid; }
  .scroll { overflow: visible; max-height: none; background: none; }
  .command { white-space: pre-wrap; overflow-wrap: anywhere; }
  details:not([open]) { display: none; }
  .drawing.narrow { display: none; } .drawing.wide { display: block; }
}
@media screen and (prefers-color-scheme: dark) {
${darkDrawings(':root:not([data-theme=light])')}
}
@media screen {
${darkDrawings(':root[data-theme=dark]')}
}
`
