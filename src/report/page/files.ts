/** The files of a report: the page, and every table and figure on its own for papers and spreadsheets. */
import { figureTable } from '../figures/data.js'
import { drawFigure } from '../figures/draw.js'
import type { FigureModel } from '../figures/records.js'
import { maskPage } from '../masking/page.js'
import { renderCsv } from '../tables/csv.js'
import { renderLatex } from '../tables/latex.js'
import { renderMarkdown } from '../tables/markdown.js'
import type { TableModel } from '../tables/records.js'
import { renderText } from '../tables/text.js'
import type { MaskReport, PageModel } from './records.js'
import { renderPage } from './render.js'

export interface ReportFile {
  /** Below the run folder, with forward slashes. */
  readonly path: string
  readonly text: string
}

/**
 * `report.html`, `tables/ID.{txt,md,tex,csv}`, `figures/ID.{svg,csv}`; with `minCell` masked, and what was hidden.
 *
 * @example for (const { path, text } of (await reportFiles(page)).files) await writeFile(`${out}/${path}`, text)
 */
export async function reportFiles(page: PageModel): Promise<{ files: ReportFile[]; masked?: MaskReport }> {
  const { page: shown, report } = page.minCell === undefined ? { page, report: undefined } : maskPage(page, page.minCell)
  const blocks = [
    ...shown.sections.flatMap((section) => section.blocks),
    ...shown.scenarios.flatMap((scenario) => scenario.blocks ?? []),
  ]
  const files = await Promise.all(
    blocks.map((block) => (block.kind === 'prose' ? [] : block.kind === 'table' ? tableFiles(block) : figureFiles(block))),
  )
  return { files: [{ path: 'report.html', text: await renderPage(page) }, ...files.flat()], masked: report }
}

async function tableFiles(table: TableModel): Promise<ReportFile[]> {
  const file = (ending: string, text: string): ReportFile => ({ path: `tables/${table.id}.${ending}`, text })
  return [
    file('txt', renderText(table)),
    file('md', renderMarkdown(table)),
    file('tex', renderLatex(table)),
    file('csv', await renderCsv(table)),
  ]
}

async function figureFiles(figure: FigureModel): Promise<ReportFile[]> {
  return [
    { path: `figures/${figure.id}.svg`, text: await drawFigure(figure) },
    { path: `figures/${figure.id}.csv`, text: await renderCsv(figureTable(figure)) },
  ]
}
