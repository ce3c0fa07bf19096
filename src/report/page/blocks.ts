/** Tables, figures and prose as they stand on the page, with what copies and saves them. */
import { figureTable } from '../figures/data.js'
import { drawFigure, maskedWords } from '../figures/draw.js'
import type { FigureModel } from '../figures/records.js'
import { renderCsv } from '../tables/csv.js'
import { escapeHtml, renderHtml } from '../tables/html.js'
import { renderLatex } from '../tables/latex.js'
import { renderMarkdown } from '../tables/markdown.js'
import type { TableModel } from '../tables/records.js'
import type { PageBlock } from './records.js'

const wideDrawing = 760
const narrowDrawing = 350
/** More rows of figure data than this are in the file only. */
const mostDataRows = 200
/** Longer tables scroll under their headings. */
const mostRowsInView = 48

/** One block as HTML. */
export async function renderBlock(block: PageBlock): Promise<string> {
  if (block.kind === 'prose') return `<div class="prose">${paragraphs(block.text)}</div>`
  if (block.kind === 'table') return renderTableBlock(block)
  return renderFigureBlock(block)
}

/** Prose: paragraphs between blank lines, `code` between backquotes, nothing else. */
export function paragraphs(text: string): string {
  return text.trim().split(/\n\s*\n/).map((paragraph) => `<p>${inline(paragraph)}</p>`).join('\n')
}

/** A line of prose. */
export function inline(text: string): string {
  return text.split('`').map((part, index) => (index % 2 === 1 ? `<code>${escapeHtml(part)}</code>` : escapeHtml(part))).join('')
}

/** A table that scrolls by itself, without buttons: for the page's own lists. */
export function scrolling(table: TableModel): string {
  const html = renderHtml(table)
  const end = html.indexOf('</table>') + '</table>'.length
  const tall = table.rows.length > mostRowsInView ? ' tall' : ''
  return `<div class="scroll${tall}" tabindex="0" role="region" aria-label="${escapeHtml(table.title)}">${html.slice(0, end)}</div>${html.slice(end)}`
}

async function renderTableBlock(table: TableModel): Promise<string> {
  const copies = [copyOf('latex', renderLatex(table)), copyOf('markdown', renderMarkdown(table)), copyOf('csv', await renderCsv(table))].join('')
  return `<div class="block" data-copies>${scrolling(table)}${tools([['latex', 'Copy LaTeX'], ['markdown', 'Copy Markdown'], ['csv', 'Copy CSV']])}${copies}</div>`
}

async function renderFigureBlock(figure: FigureModel): Promise<string> {
  const [wide, narrow] = await Promise.all([
    drawFigure(figure, { width: wideDrawing, idPrefix: `${figure.id}-wide` }), drawFigure(figure, { width: narrowDrawing, idPrefix: `${figure.id}-narrow` }),
  ])
  const words = [figure.caption ?? '', ...(figure.notes ?? []), maskedWords(figure)].filter(Boolean)
  const caption = words.length === 0 ? '' : `<figcaption>${words.map((line) => `<p>${inline(line)}</p>`).join('')}</figcaption>`
  return `<div class="block" id="${escapeHtml(figure.id)}"><p class="block-title">${escapeHtml(figure.title)}</p>\n` +
    `<figure><div class="drawing wide">${wide}</div><div class="drawing narrow">${narrow}</div>\n${caption}</figure>${await dataBehind(figure)}</div>`
}

async function dataBehind(figure: FigureModel): Promise<string> {
  const data = figureTable(figure)
  const shown: TableModel = { ...data, rows: data.rows.slice(0, mostDataRows) }
  const rest = data.rows.length - shown.rows.length
  const more = rest > 0 ? `<p class="where">${rest} more rows are in the CSV.</p>` : ''
  const save = `<button type="button" data-copy="csv" data-save="${escapeHtml(figure.id)}.csv">Save CSV</button>`
  return `<details data-copies><summary>Data behind this figure</summary>${scrolling(shown)}${more}${tools([['csv', 'Copy CSV'], ['markdown', 'Copy Markdown']], save)}` +
    `${copyOf('csv', await renderCsv(data))}${copyOf('markdown', renderMarkdown(data))}</details>`
}

function tools(buttons: readonly (readonly [string, string])[], more = ''): string {
  return `<div class="tools" data-needs-script hidden>${buttons.map(([format, label]) => `<button type="button" data-copy="${format}">${label}</button>`).join('')}${more}</div>`
}

function copyOf(format: string, text: string): string {
  return `<template data-format="${format}">${escapeHtml(text)}</template>`
}
