/** Tables, figures and prose as they stand on the page, with what copies and saves them. */
import { figureTable } from '../figures/data.js'
import { drawFigure, maskedWords } from '../figures/draw.js'
import type { FigureModel } from '../figures/records.js'
import { html, trusted } from '../markup.js'
import type { Markup } from '../markup.js'
import { renderCsv } from '../tables/csv.js'
import { notesMarkup, tableMarkup } from '../tables/html.js'
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

/** One block of the page. */
export async function blockMarkup(block: PageBlock): Promise<Markup> {
  if (block.kind === 'prose') return html`<div class="prose">${paragraphs(block.text)}</div>`
  return block.kind === 'table' ? tableBlock(block) : figureBlock(block)
}

/** Prose: paragraphs between blank lines, `code` between backquotes, nothing else. */
export function paragraphs(text: string): Markup[] {
  return text
    .trim()
    .split(/\n\s*\n/)
    .map((paragraph) => html`<p>${inline(paragraph)}</p> `)
}

/** A line of prose. */
export function inline(text: string): Markup[] {
  return text.split('`').map((part, index) => (index % 2 === 1 ? html`<code>${part}</code>` : html`${part}`))
}

/** A table that scrolls by itself, without buttons: for the page's own lists. */
export function scrolling(table: TableModel): Markup {
  const tall = table.rows.length > mostRowsInView ? ' tall' : ''
  return html`<div class="scroll${tall}" tabindex="0" role="region" aria-label="${table.title}">${tableMarkup(table)}</div>
    ${notesMarkup(table)}`
}

/** The same drawing for wide and narrow screens; the style sheet shows one of them. */
export function drawings(wide: string, narrow: string): Markup {
  return html`<div class="drawing wide">${trusted(wide)}</div>
    <div class="drawing narrow">${trusted(narrow)}</div>`
}

async function tableBlock(table: TableModel): Promise<Markup> {
  return html`<div class="block" data-copies>
    ${scrolling(table)}
    ${tools(copyButton('latex', 'Copy LaTeX'), copyButton('markdown', 'Copy Markdown'), copyButton('csv', 'Copy CSV'))}
    ${copyOf('latex', renderLatex(table))}${copyOf('markdown', renderMarkdown(table))}${copyOf('csv', await renderCsv(table))}
  </div>`
}

async function figureBlock(figure: FigureModel): Promise<Markup> {
  const [wide, narrow] = await Promise.all([
    drawFigure(figure, { width: wideDrawing, idPrefix: `${figure.id}-wide` }),
    drawFigure(figure, { width: narrowDrawing, idPrefix: `${figure.id}-narrow` }),
  ])
  const words = [figure.caption ?? '', ...(figure.notes ?? []), maskedWords(figure)].filter(Boolean)
  const caption = words.length > 0 && html`<figcaption>${words.map((line) => html`<p>${inline(line)}</p>`)}</figcaption>`
  return html`<div class="block" id="${figure.id}">
    <p class="block-title">${figure.title}</p>
    <figure>${drawings(wide, narrow)}${caption}</figure>
    ${await dataBehind(figure)}
  </div>`
}

async function dataBehind(figure: FigureModel): Promise<Markup> {
  const data = figureTable(figure)
  const shown: TableModel = { ...data, rows: data.rows.slice(0, mostDataRows) }
  const rest = data.rows.length - shown.rows.length
  const save = html`<button type="button" data-copy="csv" data-save="${figure.id}.csv">Save CSV</button>`
  return html`<details data-copies>
    <summary>Data behind this figure</summary>
    ${scrolling(shown)} ${rest > 0 && html`<p class="where">${rest} more rows are in the CSV.</p>`}
    ${tools(copyButton('csv', 'Copy CSV'), copyButton('markdown', 'Copy Markdown'), save)}
    ${copyOf('csv', await renderCsv(data))}${copyOf('markdown', renderMarkdown(data))}
  </details>`
}

function tools(...buttons: readonly Markup[]): Markup {
  return html`<div class="tools" data-needs-script hidden>${buttons}</div>`
}

function copyButton(format: string, label: string): Markup {
  return html`<button type="button" data-copy="${format}">${label}</button>`
}

function copyOf(format: string, text: string): Markup {
  return html`<template data-format="${format}">${text}</template>`
}
