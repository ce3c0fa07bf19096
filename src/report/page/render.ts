/**
 * One self-contained HTML page: what was read, what was dropped and why, what came out, what would change, what was assumed,
 * where it comes from. No remote asset; a content security policy allows the page's own style and script by their hashes and
 * nothing else. The bytes depend on the record alone.
 */
import { createHash } from 'node:crypto'
import { ReshoreError } from '../../errors.js'
import { maskPage } from '../masking/page.js'
import { escapeHtml } from '../tables/html.js'
import { formatNumber } from '../tables/numbers.js'
import { inline, paragraphs, renderBlock } from './blocks.js'
import { renderFlow } from './flow.js'
import { renderAssumptions, renderInputs, renderProvenance, renderQuarantine } from './provenance.js'
import type { MaskReport, PageModel, PageNote } from './records.js'
import { renderScenario } from './scenario.js'
import { pageScript } from './script.js'
import { pageStyle } from './style.js'

interface Chapter {
  readonly id: string
  readonly title: string
  readonly html: string
  readonly parts?: readonly { readonly id: string; readonly title: string }[]
}

/**
 * The page as HTML. A page with `minCell` is masked first.
 *
 * @example await writeFile('report.html', await renderPage(page))
 */
export async function renderPage(page: PageModel): Promise<string> {
  const { page: shown, report } = page.minCell === undefined ? { page, report: undefined } : maskPage(page, page.minCell)
  checkIds(shown)
  const chapters = (await chaptersOf(shown, report)).filter(({ html }) => html !== '')
  const head = [
    '<meta charset="utf-8">', `<meta http-equiv="Content-Security-Policy" content="${policy()}">`, '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="generator" content="reshore">', '<link rel="icon" href="data:,">', `<title>${escapeHtml(shown.title)}</title>`, `<style>${pageStyle}</style>`,
  ]
  return `<!doctype html>\n<html lang="en">\n<head>\n${head.join('\n')}\n</head>\n<body>\n<a class="skip" href="#page-start">To the results</a>\n<div class="page">\n` +
    `${masthead(shown)}\n${contents(chapters)}\n<main id="page-start">\n${chapters.map(renderChapter).join('\n')}\n${footer(shown)}\n</main>\n</div>\n<script>${pageScript}</script>\n</body>\n</html>\n`
}

function policy(): string {
  const hash = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`
  return `default-src 'none'; style-src ${hash(pageStyle)}; script-src ${hash(pageScript)}; img-src data:; base-uri 'none'; form-action 'none'`
}

function masthead({ title, subtitle, summary, highlights = [], notes }: PageModel): string {
  const tiles = highlights.map(({ label, value, format, note }) => {
    const shown = typeof value === 'number' ? formatNumber(value, format) : (value ?? '')
    return `<div><dt>${escapeHtml(label)}</dt><dd class="value">${escapeHtml(shown)}</dd>${note === undefined ? '' : `<dd class="note">${escapeHtml(note)}</dd>`}</div>`
  })
  return `<header class="masthead"><p class="kicker">reshore · report of a run</p><h1>${escapeHtml(title)}</h1>` +
    `${subtitle === undefined ? '' : `<p class="subtitle">${escapeHtml(subtitle)}</p>`}${summary === undefined ? '' : `<div class="summary">${paragraphs(summary)}</div>`}` +
    `${tiles.length === 0 ? '' : `<dl class="highlights">${tiles.join('')}</dl>`}${warnings(notes)}</header>`
}

function warnings(notes: readonly PageNote[]): string {
  const found = notes.filter(({ kind }) => kind === 'warning')
  if (found.length === 0) return ''
  return `<div class="notice" role="note"><p><strong>Read this first</strong></p>${found.map((note) => `<p>${noteLine(note)}</p>`).join('')}</div>`
}

function noteLine({ text, where }: PageNote): string {
  return `${inline(text)}${where === undefined ? '' : ` <span class="where">(${escapeHtml(where)})</span>`}`
}

const themeIcon = '<svg viewBox="0 0 16 16" aria-hidden="true"><circle cx="8" cy="8" r="6.2" fill="none" stroke="currentColor" stroke-width="1.6"/><path d="M8 1.8a6.2 6.2 0 0 1 0 12.4z" fill="currentColor"/></svg>'

function contents(chapters: readonly Chapter[]): string {
  const link = ({ id, title }: { id: string; title: string }): string => `<a href="#${escapeHtml(id)}">${escapeHtml(title)}</a>`
  const items = chapters.map((chapter) => `<li>${link(chapter)}${chapter.parts === undefined || chapter.parts.length < 2 ? '' : `<ol>${chapter.parts.map((part) => `<li>${link(part)}</li>`).join('')}</ol>`}</li>`)
  return `<nav class="contents" aria-label="Contents"><ol>${items.join('')}</ol><button type="button" class="theme" aria-label="Switch between light and dark" title="Light or dark" data-needs-script hidden>${themeIcon}</button></nav>`
}

async function chaptersOf(page: PageModel, report: MaskReport | undefined): Promise<Chapter[]> {
  const results = await Promise.all(page.sections.map(async ({ id, title, blocks }) =>
    `<section><h3 id="${escapeHtml(id)}">${escapeHtml(title)}</h3>\n${(await Promise.all(blocks.map(renderBlock))).join('\n')}</section>`))
  const scenarios = await Promise.all(page.scenarios.map(renderScenario))
  const { inputs } = page.provenance
  return [
    { id: 'page-read', title: 'What was read', html: inputs.length === 0 ? '' : renderInputs(page.provenance, page.flow) },
    { id: 'page-dropped', title: 'What was dropped, and why', html: page.flow.length === 0 ? '' : droppedHtml(page) },
    { id: 'page-results', title: 'What came out', html: results.join('\n'), parts: page.sections },
    { id: 'page-scenarios', title: 'What would change', html: scenarios.join('\n'), parts: page.scenarios },
    { id: 'page-assumptions', title: 'What was assumed', html: page.assumptions.length === 0 ? '' : assumptionsHtml(page) },
    { id: 'page-notes', title: 'Notes and conventions', html: notesHtml(page, report) },
    { id: 'page-provenance', title: 'Where it comes from', html: renderProvenance(page.provenance) },
  ]
}

function droppedHtml({ flow, quarantine = [] }: PageModel): string {
  return `<p class="lede">Every row from the raw files to the published tables. Bars are to one scale; what left is in the second colour.</p>${renderFlow(flow)}` +
    `${quarantine.length === 0 ? '' : renderQuarantine(quarantine)}`
}

function assumptionsHtml({ assumptions }: PageModel): string {
  return `<p class="lede">Every number that was not estimated on these data.</p>${renderAssumptions(assumptions)}`
}

function notesHtml({ notes }: PageModel, report: MaskReport | undefined): string {
  const lines = [...notes.map(noteLine), ...(report === undefined ? [] : [escapeHtml(maskingWords(report))])]
  return lines.length === 0 ? '' : `<ul class="notes">${lines.map((line) => `<li>${line}</li>`).join('')}</ul>`
}

function maskingWords({ minCell, cells, marks }: MaskReport): string {
  const hidden = [`${cells.primary} cells`, `${cells.secondary} more so that none of them can be computed from the others`, `${marks} marks of figures`]
  return `Disclosure: cells that rest on fewer than ${minCell} units are hidden: ${hidden.join(', ')}. Rows in quarantine are not shown. Each table is protected by itself.`
}

function renderChapter({ id, title, html }: Chapter): string {
  return `<section><h2 id="${escapeHtml(id)}">${escapeHtml(title)}</h2>\n${html}\n</section>`
}

function footer({ provenance }: PageModel): string {
  const version = provenance.versions.find(({ name }) => name === 'reshore')?.version
  return `<footer>Made by reshore${version === undefined ? '' : ` ${escapeHtml(version)}`}. The same data, code and options give this page byte for byte; times are in run.json.</footer>`
}

/** Two things of one name would make the contents jump to the wrong place and one file overwrite another. */
function checkIds(page: PageModel): void {
  const blocks = [...page.sections.flatMap((section) => section.blocks), ...page.scenarios.flatMap((scenario) => scenario.blocks ?? [])]
  const ids = [...page.sections.map(({ id }) => id), ...page.scenarios.map(({ id }) => id), ...blocks.flatMap((block) => (block.kind === 'prose' ? [] : [block.id]))]
  const twice = ids.find((id, index) => ids.indexOf(id) !== index)
  if (twice !== undefined) throw new ReshoreError('PageError', `Two parts of the page have the id ${twice}.`, 'Give every section, scenario, table and figure an id of its own.', 2)
  const wrong = ids.find((id) => !/^(?!page-)[a-z0-9][a-z0-9-]*$/.test(id))
  if (wrong !== undefined) throw new ReshoreError('PageError', `The id ${JSON.stringify(wrong)} cannot name a file or an anchor.`, 'Use lower-case letters, digits and hyphens; `page-` at the start is taken.', 2)
}
