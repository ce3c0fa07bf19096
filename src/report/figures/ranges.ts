/** Outcomes over ranges of an axis, base above scenario, with a bracket where they differ. */
import { formatNumber, formatTick } from '../tables/numbers.js'
import { labelWidth, openCanvas, shortened, stack } from './canvas.js'
import { paperShade, seriesColour } from './palette.js'

export interface Range {
  readonly outcome: string
  readonly from: number
  /** null: no upper end. */
  readonly to: number | null
}

export interface RangeStrips {
  readonly id: string
  readonly title: string
  readonly axis: string
  readonly scale: 'linear' | 'log'
  readonly base: readonly Range[]
  readonly scenario: readonly Range[]
}

/** A stretch of the axis on which base and scenario have different outcomes. */
export interface Difference {
  readonly base: string
  readonly scenario: string
  readonly from: number
  readonly to: number | null
}

/**
 * Where two lists of ranges differ, cut at every end of either.
 *
 * @example differences([{ outcome: 'a', from: 0, to: null }], [{ outcome: 'b', from: 0, to: 2 }, { outcome: 'a', from: 2, to: null }])
 */
export function differences(base: readonly Range[], scenario: readonly Range[]): Difference[] {
  const found = base.flatMap((one) => scenario.flatMap((other): Difference[] => {
    const [from, to] = [Math.max(one.from, other.from), Math.min(one.to ?? Infinity, other.to ?? Infinity)]
    return from < to && one.outcome !== other.outcome ? [{ base: one.outcome, scenario: other.outcome, from, to: to === Infinity ? null : to }] : []
  }))
  return found.sort((a, b) => a.from - b.from)
}

/** The strips as SVG. */
export async function drawRanges(strips: RangeStrips, options: { readonly width: number; readonly idPrefix: string }): Promise<string> {
  const canvas = await openCanvas(options.width)
  const { Plot, narrow, fontSize } = canvas
  const [low, high] = ends(strips)
  const outcomes = [...new Set([...strips.base, ...strips.scenario].map(({ outcome }) => outcome))]
  const clipped = <T extends { from: number; to: number | null }>(ranges: readonly T[], row: number) =>
    ranges.map((range) => ({ ...range, row, start: Math.max(low, range.from), end: Math.min(high, range.to ?? high) })).filter(({ start, end }) => end > start)
  const ranges = [...clipped(strips.base, 0), ...clipped(strips.scenario, 1)]
  const differing = clipped(differences(strips.base, strips.scenario), 2)
  const position = (value: number): number => (strips.scale === 'log' ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low))
  const room = options.width - 90
  const fits = ({ start, end, outcome }: (typeof ranges)[number]): boolean => (position(end) - position(start)) * room > labelWidth(outcome, fontSize) + 6
  const middle = ({ start, end }: { start: number; end: number }): number => (strips.scale === 'log' ? Math.sqrt(start * end) : (start + end) / 2)
  const panel = canvas.panel(126, {
    marginLeft: 74, marginRight: 16, marginTop: 2, marginBottom: 42, style: { fontSize: `${fontSize}px` }, color: { type: 'identity' },
    x: { type: strips.scale, domain: [low, high], label: `${strips.axis}${strips.scale === 'log' ? ' (log scale)' : ''} →`, labelArrow: 'none', ticks: narrow ? 4 : 7, tickFormat: (value: number) => formatTick(value) },
    y: { domain: [-0.5, 2.5], reverse: true, axis: null },
    marks: [
      Plot.rect(ranges, {
        x1: 'start', x2: 'end', y1: ({ row }) => row - 0.4, y2: ({ row }) => row + 0.4, fill: ({ outcome }) => seriesColour(outcomes.indexOf(outcome)), stroke: paperShade.light,
        title: ({ outcome, from, to }) => `${outcome}: ${formatNumber(from, 'short')} to ${to === null ? '∞' : formatNumber(to, 'short')}`,
      }),
      Plot.text(ranges.filter(fits), { x: middle, y: 'row', text: ({ outcome }) => shortened(outcome, 40), fill: paperShade.light, fontWeight: 600 }),
      Plot.ruleY(differing, { x1: 'start', x2: 'end', y: 1.78, stroke: 'currentColor', strokeWidth: 1.5, marker: 'tick' }),
      Plot.text(differing.length === 0 ? [] : [differing[0]!], { x: 'start', y: 2.25, text: () => 'differs', textAnchor: 'start', fontStyle: 'italic' }),
      Plot.text(['Base', 'Scenario'], { frameAnchor: 'left', dx: -10, y: (_: string, index: number) => index, text: (name: string) => name, textAnchor: 'end' }),
    ],
  })
  return stack(canvas, [panel], { id: options.idPrefix, title: strips.title, description: `Base and scenario over ${strips.axis}.` })
}

/** From a little before the first boundary to a little after the last. */
function ends({ base, scenario, scale }: RangeStrips): [number, number] {
  const bounds = [...base, ...scenario].flatMap(({ from, to }) => [from, ...(to === null ? [] : [to])])
  if (scale === 'linear') return [Math.min(...bounds), 1.25 * (Math.max(...bounds) || 1)]
  const positive = bounds.filter((bound) => bound > 0)
  return positive.length === 0 ? [0.1, 10] : [Math.min(...positive) / 5, Math.max(...positive) * 5]
}
