/** Axes and their ticks, shared by all figures. */
import { formatTick } from '../tables/numbers.js'
import type { Canvas, Markish, PlotOptions, TextOptions } from './canvas.js'
import type { Axis } from './records.js'

/** An axis of ours as Plot takes it. */
export function axisOptions({ scale = 'linear', ticks, format, domain }: Axis, many: number): NonNullable<PlotOptions['x']> {
  return {
    type: scale,
    labelArrow: 'none',
    nice: domain === undefined && scale === 'linear',
    ticks: many,
    tickFormat: (value: number) => formatTick(value, format),
    ...(ticks === undefined ? {} : { axis: null }),
    ...(domain === undefined ? {} : { domain: [...domain] }),
  }
}

/** Ticks exactly where the figure asks for them. Given to a log scale they would lose labels between powers of ten. */
export function chosenTicks({ Plot }: Canvas, side: 'x' | 'y', { ticks, format }: Axis, label: string): Markish[] {
  if (ticks === undefined) return []
  const options = { text: (value: number) => formatTick(value, format), label, labelArrow: 'none' as const }
  return [side === 'x' ? Plot.axisX([...ticks], options) : Plot.axisY([...ticks], options)]
}

/** Round numbers from `low` to `high`, about as many as asked for at most. */
export function roundTicks(low: number, high: number, most: number): number[] {
  const rough = (high - low) / most
  const scale = 10 ** Math.floor(Math.log10(rough))
  const step = [1, 2, 5, 10].map((factor) => factor * scale).find((candidate) => candidate >= rough * (1 - 1e-9))!
  const first = Math.ceil(low / step - 1e-9)
  return Array.from({ length: Math.floor(high / step + 1e-9) - first + 1 }, (_, index) =>
    Number(((first + index) * step).toPrecision(12)),
  )
}

/** Names of rows left of the frame; row `k` stands at `y = k`. */
export function rowNames({ Plot }: Canvas, names: readonly string[], options: TextOptions = {}): Markish {
  return Plot.text(names, {
    frameAnchor: 'left',
    dx: -9,
    y: (_: string, index: number) => index,
    text: (name: string) => name,
    textAnchor: 'end',
    ...options,
  })
}

/** Options of an axis whose rows are numbered from the top. */
export function rowAxis(rows: number): NonNullable<PlotOptions['y']> {
  return { domain: [-0.5, rows - 0.5], reverse: true, axis: null }
}
