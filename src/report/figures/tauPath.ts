/** Cost along the exact trade-cost path, and below it where each part is made on every segment. */
import { formatNumber, formatTick } from '../tables/numbers.js'
import { rowAxis, rowNames } from './axes.js'
import { labelWidth, shortened } from './canvas.js'
import type { Canvas, Markish, Panel } from './canvas.js'
import { legend } from './legend.js'
import { paperShade, seriesColour } from './palette.js'
import type { TauPathFigure } from './records.js'

interface Run {
  readonly part: number
  readonly country: number
  readonly from: number
  readonly to: number
  readonly words: string
}

/** What the cost and the strips below it share. */
interface Layout {
  readonly names: readonly string[]
  readonly margins: { readonly marginLeft: number; readonly marginRight: number }
  readonly x: { domain: [number, number] }
  readonly end: number
}

export function tauPathPanels(figure: TauPathFigure, canvas: Canvas): Panel[] {
  const { Plot, narrow, fontSize, width } = canvas
  const breakpoints = figure.segments.slice(1).map(({ from }) => from)
  const end = 1.2 * (breakpoints.at(-1) ?? 1)
  const names = figure.parts.map((part) => shortened(part, narrow ? 12 : 24))
  const margins = { marginLeft: Math.max(52, ...names.map((name) => labelWidth(name, fontSize) + 14)), marginRight: 18 }
  const x = { domain: [0, end] as [number, number] }
  const ends = costEnds(figure, end)
  const cost = canvas.panel(Math.round(narrow ? 210 : width * 0.36), {
    ...margins,
    marginTop: 26,
    marginBottom: 18,
    x: { ...x, axis: null },
    y: {
      grid: true,
      ticks: 5,
      nice: true,
      label: `↑ ${figure.costLabel ?? 'unit cost'}`,
      labelArrow: 'none',
      tickFormat: (value: number) => formatTick(value),
    },
    marks: [
      Plot.ruleX(breakpoints, { stroke: 'currentColor', strokeOpacity: 0.3, strokeDasharray: '2,3' }),
      Plot.line(ends, { x: 'tau', y: 'cost', stroke: seriesColour(0), strokeWidth: 2.2 }),
      Plot.line(ends, {
        x: 'tau',
        y: 'productionCost',
        z: 'segment',
        stroke: seriesColour(1),
        strokeWidth: 1.8,
        strokeDasharray: '6,3',
      }),
      Plot.dot(
        ends.filter(({ tau, start }) => start && tau > 0),
        {
          x: 'tau',
          y: 'cost',
          r: 3.4,
          fill: paperShade.light,
          stroke: seriesColour(0),
          strokeWidth: 1.8,
          title: ({ tau }: { tau: number }) => `τ = ${formatNumber(tau, { significant: 4 })}`,
        },
      ),
    ],
  })
  const keys = legend(canvas, [
    { label: 'total cost', index: 0, mark: 'line', dashed: false },
    { label: 'production cost alone', index: 1, mark: 'line', dashed: true },
  ])
  return [keys, cost, strips(figure, canvas, { names, margins, x, end }), countryKeys(figure, canvas)]
}

/** Both ends of every segment; cost is linear in τ between them. */
function costEnds({ segments }: TauPathFigure, end: number) {
  return segments.flatMap(({ from, to, productionCost, transportQuantity }, segment) =>
    [from, Math.min(to ?? end, end)].map((tau, index) => ({
      segment,
      tau,
      start: index === 0,
      productionCost,
      cost: productionCost + tau * transportQuantity,
    })),
  )
}

function strips(figure: TauPathFigure, canvas: Canvas, { names, margins, x, end }: Layout): Panel {
  const { narrow, fontSize } = canvas
  return canvas.panel(46 + (fontSize + 12) * names.length, {
    ...margins,
    marginTop: 2,
    marginBottom: 44,
    x: {
      ...x,
      label: `${figure.tauLabel ?? 'trade cost τ'} →`,
      labelArrow: 'none',
      ticks: narrow ? 4 : 8,
      tickFormat: (value: number) => formatTick(value),
    },
    y: rowAxis(names.length),
    marks: [...runMarks(figure, canvas, runsOf(figure, end), { margins, end }), rowNames(canvas, names)],
  })
}

/** Runs in the colour of their country, named where there is room. */
function runMarks(
  figure: TauPathFigure,
  { Plot, fontSize, width }: Canvas,
  runs: readonly Run[],
  { margins, end }: Pick<Layout, 'margins' | 'end'>,
): Markish[] {
  const perUnit = (width - margins.marginLeft - margins.marginRight) / end
  const named = runs.filter(
    ({ from, to, country }) => (to - from) * perUnit > labelWidth(figure.countries[country]!, fontSize) + 6,
  )
  return [
    Plot.rect(runs, {
      x1: 'from',
      x2: 'to',
      y1: ({ part }: Run) => part - 0.42,
      y2: ({ part }: Run) => part + 0.42,
      fill: ({ country }: Run) => seriesColour(country),
      stroke: paperShade.light,
      strokeWidth: 1,
      title: 'words',
    }),
    Plot.text(named, {
      x: ({ from, to }: Run) => (from + to) / 2,
      y: 'part',
      text: ({ country }: Run) => figure.countries[country]!,
      fill: paperShade.light,
      fontWeight: 600,
    }),
  ]
}

/** Neighbouring segments with a part in the same country make one run. */
function runsOf(figure: TauPathFigure, end: number): Run[] {
  return figure.parts.flatMap((name, part) => {
    const runs: Run[] = []
    for (const { from, to, location } of figure.segments) {
      const country = location[part]!
      const until = Math.min(to ?? end, end)
      const last = runs.at(-1)
      const start = last?.country === country ? runs.pop()!.from : from
      const first = formatNumber(start, { significant: 4 })
      const final = to === null ? '∞' : formatNumber(until, { significant: 4 })
      runs.push({
        part,
        country,
        from: start,
        to: until,
        words: `${name}: ${figure.countries[country]!} for τ from ${first} to ${final}`,
      })
    }
    return runs
  })
}

function countryKeys(figure: TauPathFigure, canvas: Canvas): Panel {
  const used = [...new Set(figure.segments.flatMap(({ location }) => location))].sort((a, b) => a - b)
  return legend(
    canvas,
    used.map((index) => ({ label: figure.countries[index]!, index, mark: 'area' })),
  )
}
