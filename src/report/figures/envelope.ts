/** Lower envelopes of cost over quantity on log–log axes: the chain of each segment, a point at each kink. */
import { flat } from '../tables/cells.js'
import { formatNumber, formatTick } from '../tables/numbers.js'
import { legend, shortened } from './canvas.js'
import type { Canvas, Panel } from './canvas.js'
import { paperShade, seriesColour, seriesDash } from './palette.js'
import type { EnvelopeFigure } from './records.js'

type Segment = EnvelopeFigure['envelopes'][number]['segments'][number]

interface Point {
  readonly quantity: number
  readonly cost: number
}

/** More chains than this in all are told by their points' titles and the data, not by labels. */
const mostLabels = 8
const pointsPerSegment = 24

export function envelopePanels(figure: EnvelopeFigure, canvas: Canvas): Panel[] {
  const { Plot, narrow, fontSize, width } = canvas
  const [low, high] = quantityRange(figure)
  const costAt = (segment: Segment, quantity: number): number =>
    figure.cost === 'total' ? segment.marginalCost * quantity + segment.fixedCost : segment.marginalCost + segment.fixedCost / quantity
  const drawn = figure.envelopes.map(({ segments }) => segments.map((segment) => ({ segment, from: Math.max(low, segment.from), to: Math.min(high, segment.to ?? high) })))
  const labelled = figure.envelopes.reduce((sum, { segments }) => sum + segments.length, 0) <= mostLabels
  const marks = drawn.flatMap((pieces, index) => {
    const line = pieces.flatMap(({ segment, from, to }) => between(from, to).map((quantity): Point => ({ quantity, cost: costAt(segment, quantity) })))
    const beyond = pieces.flatMap(({ segment }, piece) => between(low, high).map((quantity) => ({ piece, quantity, cost: costAt(segment, quantity) })))
    const kinks = pieces.slice(1).map(({ segment, from }, piece) => ({ quantity: from, cost: costAt(segment, from), words: kinkWords(pieces[piece]!.segment, segment) }))
    const middles = pieces.map(({ segment, from, to }) => ({ quantity: Math.sqrt(from * to), cost: costAt(segment, Math.sqrt(from * to)), label: shortened(segment.label, narrow ? 14 : 26) }))
    return [
      ...(figure.envelopes.length === 1 && pieces.length <= mostLabels ? [Plot.line(beyond, { x: 'quantity', y: 'cost', z: 'piece', stroke: 'currentColor', strokeOpacity: 0.16, clip: true })] : []),
      Plot.line(line, { x: 'quantity', y: 'cost', stroke: seriesColour(index), strokeWidth: 2.2, strokeDasharray: seriesDash(index) }),
      Plot.dot(kinks, { x: 'quantity', y: 'cost', r: 3.6, fill: paperShade.light, stroke: seriesColour(index), strokeWidth: 1.8, title: 'words' }),
      ...(labelled ? [Plot.text(middles, { x: 'quantity', y: 'cost', text: 'label', dy: index % 2 === 0 ? -12 : 14, fill: seriesColour(index), stroke: paperShade.light, strokeWidth: 4, fontWeight: 600 })] : []),
    ]
  })
  const costs = drawn.flatMap((pieces) => pieces.flatMap(({ segment, from, to }) => [costAt(segment, from), costAt(segment, to)]))
  const axis = { type: 'log' as const, labelArrow: 'none' as const, tickFormat: (value: number) => formatTick(value) }
  const plot = canvas.panel(Math.round(narrow ? 260 : width * 0.5), {
    marginLeft: 62, marginRight: 20, marginTop: 26, marginBottom: 42, style: { fontSize: `${fontSize}px` },
    x: { ...axis, domain: [low, high], label: `${figure.quantityLabel ?? 'quantity'} (log scale) →`, ticks: narrow ? 4 : 7 },
    y: { ...axis, domain: [Math.min(...costs) / 1.15, Math.max(...costs) * 1.15], grid: true, ticks: 5, label: `↑ ${figure.costLabel ?? `${figure.cost} cost`} (log scale)` },
    marks,
  })
  if (figure.envelopes.length < 2) return [plot]
  return [legend(canvas, figure.envelopes.map(({ name }, index) => ({ label: name, index, mark: 'line' }))), plot]
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
