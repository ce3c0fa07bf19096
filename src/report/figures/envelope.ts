/** Lower envelopes of cost over quantity on log–log axes: the chain of each segment, a point at each kink. */
import { flat } from '../tables/cells.js'
import { formatNumber, formatTick } from '../tables/numbers.js'
import { shortened } from './canvas.js'
import type { Canvas, Markish, Panel } from './canvas.js'
import { seriesLegend } from './legend.js'
import { paperShade, seriesColour, seriesDash } from './palette.js'
import type { EnvelopeFigure } from './records.js'

type Segment = EnvelopeFigure['envelopes'][number]['segments'][number]

/** A segment as far as the axis shows it. */
interface Piece {
  readonly segment: Segment
  readonly from: number
  readonly to: number
}

/** More chains than this in all are told by their points' titles and the data, not by labels. */
const mostLabels = 8
const pointsPerSegment = 24

export function envelopePanels(figure: EnvelopeFigure, canvas: Canvas): Panel[] {
  const { narrow, width } = canvas
  const [low, high] = quantityRange(figure)
  const drawn = figure.envelopes.map(({ segments }): Piece[] =>
    segments.map((segment) => ({ segment, from: Math.max(low, segment.from), to: Math.min(high, segment.to ?? high) })),
  )
  const costs = drawn.flat().flatMap(({ segment, from, to }) => [costAt(figure, segment, from), costAt(figure, segment, to)])
  const axis = { type: 'log' as const, labelArrow: 'none' as const, tickFormat: (value: number) => formatTick(value) }
  const plot = canvas.panel(Math.round(narrow ? 260 : width * 0.5), {
    marginLeft: 62,
    marginRight: 20,
    marginTop: 26,
    marginBottom: 42,
    x: { ...axis, domain: [low, high], label: `${figure.quantityLabel ?? 'quantity'} (log scale) →`, ticks: narrow ? 4 : 7 },
    y: {
      ...axis,
      domain: [Math.min(...costs) / 1.15, Math.max(...costs) * 1.15],
      grid: true,
      ticks: 5,
      label: `↑ ${figure.costLabel ?? `${figure.cost} cost`} (log scale)`,
    },
    marks: [
      ...(drawn.length === 1 ? beyondMarks(figure, canvas, drawn[0]!, [low, high]) : []),
      ...drawn.flatMap((pieces, index) => envelopeMarks(figure, canvas, pieces, index)),
      ...(drawn.flat().length <= mostLabels ? drawn.map((pieces, index) => labelMarks(figure, canvas, pieces, index)) : []),
    ],
  })
  const names = figure.envelopes.map(({ name }) => name)
  return [...seriesLegend(canvas, names, 'line'), plot]
}

function costAt({ cost }: EnvelopeFigure, { marginalCost, fixedCost }: Segment, quantity: number): number {
  return cost === 'total' ? marginalCost * quantity + fixedCost : marginalCost + fixedCost / quantity
}

/** The line of least cost and a point at each kink. */
function envelopeMarks(figure: EnvelopeFigure, { Plot }: Canvas, pieces: readonly Piece[], index: number): Markish[] {
  const line = pieces.flatMap(({ segment, from, to }) =>
    between(from, to).map((quantity) => ({ quantity, cost: costAt(figure, segment, quantity) })),
  )
  const kinks = pieces.slice(1).map(({ segment, from }, piece) => ({
    quantity: from,
    cost: costAt(figure, segment, from),
    words: kinkWords(pieces[piece]!.segment, segment),
  }))
  const stroke = seriesColour(index)
  return [
    Plot.line(line, { x: 'quantity', y: 'cost', stroke, strokeWidth: 2.2, strokeDasharray: seriesDash(index) }),
    Plot.dot(kinks, { x: 'quantity', y: 'cost', r: 3.6, fill: paperShade.light, stroke, strokeWidth: 1.8, title: 'words' }),
  ]
}

/** The cost of each chain where it is not the least, faintly. */
function beyondMarks(
  figure: EnvelopeFigure,
  { Plot }: Canvas,
  pieces: readonly Piece[],
  [low, high]: readonly [number, number],
): Markish[] {
  if (pieces.length > mostLabels) return []
  const beyond = pieces.flatMap(({ segment }, piece) =>
    between(low, high).map((quantity) => ({ piece, quantity, cost: costAt(figure, segment, quantity) })),
  )
  return [Plot.line(beyond, { x: 'quantity', y: 'cost', z: 'piece', stroke: 'currentColor', strokeOpacity: 0.16, clip: true })]
}

/** The chain of each segment at its middle; a second envelope has its labels below the line. */
function labelMarks(figure: EnvelopeFigure, { Plot, narrow }: Canvas, pieces: readonly Piece[], index: number): Markish {
  const middles = pieces.map(({ segment, from, to }) => ({
    quantity: Math.sqrt(from * to),
    cost: costAt(figure, segment, Math.sqrt(from * to)),
    label: shortened(segment.label, narrow ? 14 : 26),
  }))
  return Plot.text(middles, {
    x: 'quantity',
    y: 'cost',
    text: 'label',
    dy: index % 2 === 0 ? -12 : 14,
    fill: seriesColour(index),
    stroke: paperShade.light,
    strokeWidth: 4,
    fontWeight: 600,
  })
}

/** A decade beyond the first and the last kink; around one where there is none. */
function quantityRange({ envelopes }: EnvelopeFigure): [number, number] {
  const kinks = envelopes.flatMap(({ segments }) => segments.map(({ from }) => from)).filter((from) => from > 0)
  return kinks.length === 0 ? [0.1, 10] : [Math.min(...kinks) / 10, Math.max(...kinks) * 10]
}

/** Quantities from one end to the other, evenly spread on the log axis. */
function between(from: number, to: number): number[] {
  if (!(to > from)) return []
  return Array.from({ length: pointsPerSegment + 1 }, (_, index) => from * (to / from) ** (index / pointsPerSegment))
}

function kinkWords(before: Segment, after: Segment): string {
  return `from ${flat(before.label)} to ${flat(after.label)} at ${formatNumber(after.from, { significant: 4 })}`
}
