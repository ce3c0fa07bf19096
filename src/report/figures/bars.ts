/** Bars by category, grouped or stacked, lying so that long names can be read. */
import { flat } from '../tables/cells.js'
import { formatNumber } from '../tables/numbers.js'
import { axisOptions, chosenTicks, rowAxis, rowNames } from './axes.js'
import { labelWidth, shortened } from './canvas.js'
import type { Canvas, Panel } from './canvas.js'
import { seriesLegend } from './legend.js'
import { seriesColour } from './palette.js'
import type { BarFigure } from './records.js'

interface Bar {
  readonly series: number
  readonly low: number
  readonly high: number
  readonly top: number
  readonly bottom: number
  readonly words: string
}

export function barPanels(figure: BarFigure, canvas: Canvas): Panel[] {
  const { Plot, narrow, fontSize } = canvas
  const names = figure.categories.map((category) => shortened(category, narrow ? 16 : 34))
  const grouped = figure.arrangement !== 'stacked'
  const rowHeight = Math.max(22, 8 + (grouped ? 13 * figure.series.length : 13))
  const plot = canvas.panel(52 + rowHeight * names.length, {
    marginLeft: Math.max(40, ...names.map((name) => labelWidth(name, fontSize))) + 14,
    marginRight: 20,
    marginTop: 6,
    marginBottom: 42,
    x: {
      ...axisOptions(figure.value, narrow ? 4 : 7),
      grid: true,
      zero: figure.value.scale !== 'log',
      label: `${figure.value.label} →`,
    },
    y: rowAxis(names.length),
    marks: [
      ...chosenTicks(canvas, 'x', figure.value, `${figure.value.label} →`),
      Plot.rect(barsOf(figure, grouped), {
        x1: 'low',
        x2: 'high',
        y1: 'top',
        y2: 'bottom',
        fill: ({ series }: Bar) => seriesColour(series),
        title: 'words',
      }),
      rowNames(canvas, names),
      Plot.ruleX(
        [0].filter(() => figure.value.scale !== 'log'),
        { stroke: 'currentColor', strokeOpacity: 0.5 },
      ),
    ],
  })
  const series = figure.series.map(({ name }) => name)
  return [...seriesLegend(canvas, series, 'area'), plot]
}

function barsOf({ categories, series, value, counts, unitName }: BarFigure, grouped: boolean): Bar[] {
  const format = value.format ?? (counts ? 'integer' : undefined)
  const thickness = 0.78 / (grouped ? series.length : 1)
  return categories.flatMap((category, place) => {
    let [up, down] = [0, 0]
    return series.flatMap(({ name, values }, index): Bar[] => {
      const amount = values[place]
      if (amount === null || amount === undefined) return []
      const low = grouped ? 0 : amount >= 0 ? up : down
      if (amount >= 0) up += amount
      else down += amount
      const top = place - 0.39 + (grouped ? index * thickness : 0)
      const who = series.length > 1 ? `${flat(category)}, ${flat(name)}` : flat(category)
      const words = `${who}: ${formatNumber(amount, format)}${counts ? ` ${unitName ?? 'firms'}` : ''}`
      return [{ series: index, low, high: low + amount, top, bottom: top + thickness * 0.94, words }]
    })
  })
}
