/** A figure as SVG: one file, no script, no remote asset, a title and a description for readers who do not see it. */
import { ReshoreError } from '../../errors.js'
import { flat } from '../tables/cells.js'
import { formatNumber } from '../tables/numbers.js'
import { barPanels } from './bars.js'
import { openCanvas, stack } from './canvas.js'
import type { Canvas, Panel } from './canvas.js'
import { coefficientPanels } from './coefficients.js'
import { envelopePanels } from './envelope.js'
import { histogramPanels } from './histogram.js'
import { linePanels } from './lines.js'
import { mapPanels } from './map.js'
import type { FigureModel } from './records.js'
import { survivalPanels } from './survival.js'
import { tauPathPanels } from './tauPath.js'

export interface DrawOptions {
  /** In pixels. Default: 720. Below 500 labels are shortened and ticks thinned. */
  readonly width?: number
  /** Prefix of the ids in the SVG, for two drawings on one page. Default: the figure's id. */
  readonly idPrefix?: string
}

/**
 * The figure as an SVG document. The same record gives the same bytes.
 *
 * @example const svg = await drawFigure(figure, { width: 720 })
 */
export async function drawFigure(figure: FigureModel, options: DrawOptions = {}): Promise<string> {
  const canvas = await openCanvas(options.width ?? 720)
  const panels = await panelsOf(checked(figure), canvas)
  const description = [figure.caption ?? '', maskedWords(figure)].filter(Boolean).map(flat).join(' ')
  return stack(canvas, panels, {
    id: options.idPrefix ?? figure.id,
    title: flat(figure.title),
    description: description || flat(figure.title),
  })
}

/** The sentence that says what `--min-cell` hid in a figure; empty where it hid nothing. */
export function maskedWords({ masked = 0 }: FigureModel): string {
  return masked === 0
    ? ''
    : `${formatNumber(masked, 'integer')} ${masked === 1 ? 'mark is' : 'marks are'} hidden as confidential.`
}

function panelsOf(figure: FigureModel, canvas: Canvas): Panel[] | Promise<Panel[]> {
  switch (figure.kind) {
    case 'coefficients':
      return coefficientPanels(figure, canvas)
    case 'survival':
      return survivalPanels(figure, canvas)
    case 'map':
      return mapPanels(figure, canvas)
    case 'tau-path':
      return tauPathPanels(figure, canvas)
    case 'envelope':
      return envelopePanels(figure, canvas)
    case 'lines':
      return linePanels(figure, canvas)
    case 'bars':
      return barPanels(figure, canvas)
    case 'histogram':
      return histogramPanels(figure, canvas)
  }
}

/** Numbers that cannot be drawn are an error here: a drawing library would leave them out without a word. */
function checked(figure: FigureModel): FigureModel {
  JSON.stringify(figure, (key, value: unknown) => {
    if (typeof value === 'number' && Number.isNaN(value)) {
      throw new ReshoreError(
        'FigureError',
        `Figure ${figure.id} holds a value of ${key} that is not a number.`,
        'Give null where there is no value.',
      )
    }
    return value
  })
  return figure
}
