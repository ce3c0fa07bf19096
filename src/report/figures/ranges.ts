/** Outcomes over ranges of an axis, base above scenario, with a bracket where they differ. */
import { formatNumber, formatTick } from '../tables/numbers.js'
import { rowAxis, rowNames } from './axes.js'
import { labelWidth, openCanvas, shortened, stack } from './canvas.js'
import type { Canvas, Markish } from './canvas.js'
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
 * @example differences([{ outcome: 'a', from: 0, to: null }], [{ outcome: 'b', from: 0, to: null }])
 */
export function differences(base: readonly Range[], scenario: readonly Range[]): Difference[] {
  const found = base.flatMap((one) =>
    scenario.flatMap((other): Difference[] => {
      const [from, to] = [Math.max(one.from, other.from), Math.min(one.to ?? Infinity, other.to ?? Infinity)]
      return from < to && one.outcome !== other.outcome
        ? [{ base: one.outcome, scenario: other.outcome, from, to: to === Infinity ? null : to }]
        : []
    }),
  )
  return found.sort((a, b) => a.from - b.from)
}

/** The strips as SVG. */
export async function drawRanges(
  strips: RangeStrips,
  options: { readonly width: number; readonly idPrefix: string },
): Promise<string> {
  const canvas = await openCanvas(options.width)
  const domain = ends(strips)
  const panel = canvas.panel(126, {
    marginLeft: 74,
    marginRight: 16,
    marginTop: 2,
    marginBottom: 42,
    x: {
      type: strips.scale,
      domain,
      label: `${strips.axis}${strips.scale === 'log' ? ' (log scale)' : ''} →`,
      labelArrow: 'none',
      ticks: canvas.narrow ? 4 : 7,
      tickFormat: (value: number) => formatTick(value),
    },
    y: rowAxis(3),
    marks: [
      ...rangeMarks(strips, canvas, domain),
      ...differenceMarks(strips, canvas, domain),
      rowNames(canvas, ['Base', 'Scenario']),
    ],
  })
  const description = `Base and scenario over ${strips.axis}.`
  return stack(canvas, [panel], { id: options.idPrefix, title: strips.title, description })
}

/** Each range in the colour of its outcome, named where there is room. */
function rangeMarks(
  { base, scenario, scale }: RangeStrips,
  { Plot, width, fontSize }: Canvas,
  domain: readonly [number, number],
): Markish[] {
  const outcomes = [...new Set([...base, ...scenario].map(({ outcome }) => outcome))]
  const ranges = [base, scenario].flatMap((side, row) => inside(side, domain).map((range) => ({ ...range, row })))
  const position = scale === 'log' ? Math.log : (value: number): number => value
  const perUnit = (width - 90) / (position(domain[1]) - position(domain[0]))
  const named = ranges.filter(
    ({ start, end, outcome }) => (position(end) - position(start)) * perUnit > labelWidth(outcome, fontSize) + 6,
  )
  return [
    Plot.rect(ranges, {
      x1: 'start',
      x2: 'end',
      y1: ({ row }) => row - 0.4,
      y2: ({ row }) => row + 0.4,
      fill: ({ outcome }) => seriesColour(outcomes.indexOf(outcome)),
      stroke: paperShade.light,
      title: ({ outcome, from, to }) =>
        `${outcome}: ${formatNumber(from, 'short')} to ${to === null ? '∞' : formatNumber(to, 'short')}`,
    }),
    Plot.text(named, {
      x: ({ start, end }) => (scale === 'log' ? Math.sqrt(start * end) : (start + end) / 2),
      y: 'row',
      text: ({ outcome }) => shortened(outcome, 40),
      fill: paperShade.light,
      fontWeight: 600,
    }),
  ]
}

/** A bracket under every stretch on which base and scenario differ. */
function differenceMarks({ base, scenario }: RangeStrips, { Plot }: Canvas, domain: readonly [number, number]): Markish[] {
  const differing = inside(differences(base, scenario), domain)
  return [
    Plot.ruleY(differing, { x1: 'start', x2: 'end', y: 1.78, stroke: 'currentColor', strokeWidth: 1.5, marker: 'tick' }),
    Plot.text(differing.slice(0, 1), { x: 'start', y: 2.25, text: () => 'differs', textAnchor: 'start', fontStyle: 'italic' }),
  ]
}

/** What the axis shows of each stretch. */
function inside<T extends { from: number; to: number | null }>(
  stretches: readonly T[],
  [low, high]: readonly [number, number],
): (T & { start: number; end: number })[] {
  const cut = stretches.map((stretch) => ({
    ...stretch,
    start: Math.max(low, stretch.from),
    end: Math.min(high, stretch.to ?? high),
  }))
  return cut.filter(({ start, end }) => end > start)
}

/** From a little before the first boundary to a little after the last. */
function ends({ base, scenario, scale }: RangeStrips): [number, number] {
  const bounds = [...base, ...scenario].flatMap(({ from, to }) => [from, ...(to === null ? [] : [to])])
  if (scale === 'linear') return [Math.min(...bounds), 1.25 * (Math.max(...bounds) || 1)]
  const positive = bounds.filter((bound) => bound > 0)
  return positive.length === 0 ? [0.1, 10] : [Math.min(...positive) / 5, Math.max(...positive) * 5]
}
