/**
 * One self-contained HTML page: what was read, what was dropped and why, what came out, what would change, what was assumed,
 * where it comes from. No remote asset; a content security policy allows the page's own style and script by their hashes and
 * nothing else. The bytes depend on the record alone.
 */
import { createHash } from 'node:crypto'
import { ReshoreError } from '../../errors.js'
import { html, trusted } from '../markup.js'
import type { Markup } from '../markup.js'
import { maskPage } from '../masking/page.js'
import { formatNumber } from '../tables/numbers.js'
import { blockMarkup, inline, paragraphs } from './blocks.js'
import { flowMarkup } from './flow.js'
import { assumptionsMarkup, inputsMarkup, provenanceMarkup, quarantineMarkup } from './provenance.js'
import type { MaskReport, PageModel, PageNote } from './records.js'
import { scenarioMarkup } from './scenario.js'
import { pageScript } from './script.js'
import { pageStyle } from './style.js'

interface Chapter {
  readonly id: string
  readonly title: string
  /** Absent: the chapter has nothing to say and is left out. */
  readonly body: Markup | false
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
  const chapters = (await chaptersOf(shown, report)).filter(({ body }) => body !== false)
  const document = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${trusted(policy())}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="generator" content="reshore" />
        <link rel="icon" href="data:," />
        <title>${shown.title}</title>
        ${trusted(`<style>${pageStyle}</style>`)}
      </head>
      <body>
        <a class="skip" href="#page-start">To the results</a>
        <div class="page">
          ${masthead(shown)} ${contents(chapters)}
          <main id="page-start">
            ${chapters.map(
              ({ id, title, body }) =>
                html`<section>
                  <h2 id="${id}">${title}</h2>
                  ${body}
                </section> `,
            )}
            ${footer(shown)}
          </main>
        </div>
        ${trusted(`<script>${pageScript}</script>`)}
      </body>
    </html>`
  return `${document.markup}\n`
}

function policy(): string {
  const hash = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`
  const allowed = [`style-src ${hash(pageStyle)}`, `script-src ${hash(pageScript)}`, 'img-src data:']
  return ["default-src 'none'", ...allowed, "base-uri 'none'", "form-action 'none'"].join('; ')
}

function masthead({ title, subtitle, summary, highlights = [], notes }: PageModel): Markup {
  const tiles = highlights.map(({ label, value, format, note }) => {
    const shown = typeof value === 'number' ? formatNumber(value, format) : (value ?? '')
    return html`<div>
      <dt>${label}</dt>
      <dd class="value">${shown}</dd>
      ${note !== undefined && html`<dd class="note">${note}</dd>`}
    </div>`
  })
  return html`<header class="masthead">
    <p class="kicker">reshore · report of a run</p>
    <h1>${title}</h1>
    ${subtitle !== undefined && html`<p class="subtitle">${subtitle}</p>`}
    ${summary !== undefined && html`<div class="summary">${paragraphs(summary)}</div>`}
    ${tiles.length > 0 && html`<dl class="highlights">${tiles}</dl>`} ${warnings(notes)}
  </header>`
}

function warnings(notes: readonly PageNote[]): Markup | undefined {
  const found = notes.filter(({ kind }) => kind === 'warning')
  if (found.length === 0) return undefined
  const lines = found.map((note) => html`<p>${noteLine(note)}</p>`)
  return html`<div class="notice" role="note">
    <p><strong>Read this first</strong></p>
    ${lines}
  </div>`
}

function noteLine({ text, where }: PageNote): Markup {
  return html`${inline(text)}${where !== undefined && html` <span class="where">(${where})</span>`}`
}

function contents(chapters: readonly Chapter[]): Markup {
  const link = ({ id, title }: { id: string; title: string }): Markup => html`<a href="#${id}">${title}</a>`
  const items = chapters.map((chapter) => {
    const { parts = [] } = chapter
    return html`<li>
      ${link(chapter)}${
        parts.length > 1 &&
        html`<ol>
          ${parts.map((part) => html`<li>${link(part)}</li>`)}
        </ol>`
      }
    </li>`
  })
  return html`<nav class="contents" aria-label="Contents">
    <ol>
      ${items}
    </ol>
    ${themeButton}
  </nav>`
}

const themeButton = html`<button
  type="button"
  class="theme"
  aria-label="Switch between light and dark"
  title="Light or dark"
  data-needs-script
  hidden
>
  <svg viewBox="0 0 16 16" aria-hidden="true">
    <circle cx="8" cy="8" r="6.2" fill="none" stroke="currentColor" stroke-width="1.6" />
    <path d="M8 1.8a6.2 6.2 0 0 1 0 12.4z" fill="currentColor" />
  </svg>
</button>`

async function chaptersOf(page: PageModel, report: MaskReport | undefined): Promise<Chapter[]> {
  const { sections, scenarios, provenance, assumptions } = page
  const results = await Promise.all(
    sections.map(async ({ id, title, blocks }) => {
      const made = await Promise.all(blocks.map(blockMarkup))
      return html`<section>
        <h3 id="${id}">${title}</h3>
        ${made.map((block) => html`${block} `)}
      </section> `
    }),
  )
  const changes = await Promise.all(scenarios.map(scenarioMarkup))
  return [
    { id: 'page-read', title: 'What was read', body: provenance.inputs.length > 0 && inputsMarkup(provenance, page.flow) },
    { id: 'page-dropped', title: 'What was dropped, and why', body: page.flow.length > 0 && droppedMarkup(page) },
    { id: 'page-results', title: 'What came out', body: results.length > 0 && html`${results}`, parts: sections },
    { id: 'page-scenarios', title: 'What would change', body: changes.length > 0 && html`${changes}`, parts: scenarios },
    { id: 'page-assumptions', title: 'What was assumed', body: assumptions.length > 0 && assumedMarkup(page) },
    { id: 'page-notes', title: 'Notes and conventions', body: notesMarkup(page, report) },
    { id: 'page-provenance', title: 'Where it comes from', body: provenanceMarkup(provenance) },
  ]
}

function droppedMarkup({ flow, quarantine = [] }: PageModel): Markup {
  const lede = 'Every row from the raw files to the published tables. Bars are to one scale; what left is in the second colour.'
  return html`<p class="lede">${lede}</p>
    ${flowMarkup(flow)}${quarantine.length > 0 && quarantineMarkup(quarantine)}`
}

function assumedMarkup({ assumptions }: PageModel): Markup {
  return html`<p class="lede">Every number that was not estimated on these data.</p>
    ${assumptionsMarkup(assumptions)}`
}

function notesMarkup({ notes }: PageModel, report: MaskReport | undefined): Markup | false {
  const lines = [...notes.map(noteLine), ...(report === undefined ? [] : [html`${maskingWords(report)}`])]
  return (
    lines.length > 0 &&
    html`<ul class="notes">
      ${lines.map((line) => html`<li>${line}</li>`)}
    </ul>`
  )
}

function maskingWords({ minCell, cells, marks }: MaskReport): string {
  const also = `${cells.secondary} more so that none of them can be computed from the others`
  return (
    `Disclosure: cells that rest on fewer than ${minCell} units are hidden: ${cells.primary} cells, ${also}, ${marks} marks of ` +
    'figures. Rows in quarantine are not shown. Each table is protected by itself.'
  )
}

function footer({ provenance }: PageModel): Markup {
  const version = provenance.versions.find(({ name }) => name === 'reshore')?.version ?? ''
  return html`<footer>
    Made by reshore ${version}. The same data, code and options give this page byte for byte; times are in run.json.
  </footer>`
}

/** Two things of one name would make the contents jump to the wrong place and one file overwrite another. */
function checkIds({ sections, scenarios }: PageModel): void {
  const blocks = [...sections.flatMap((section) => section.blocks), ...scenarios.flatMap((scenario) => scenario.blocks ?? [])]
  const named = blocks.flatMap((block) => (block.kind === 'prose' ? [] : [block.id]))
  const ids = [...sections.map(({ id }) => id), ...scenarios.map(({ id }) => id), ...named]
  const twice = ids.find((id, index) => ids.indexOf(id) !== index)
  if (twice !== undefined) {
    const remedy = 'Give every section, scenario, table and figure an id of its own.'
    throw new ReshoreError('PageError', `Two parts of the page have the id ${twice}.`, remedy, 2)
  }
  const wrong = ids.find((id) => !/^(?!page-)[a-z0-9][a-z0-9-]*$/.test(id))
  if (wrong !== undefined) {
    const remedy = 'Use lower-case letters, digits and hyphens; `page-` at the start is taken.'
    throw new ReshoreError('PageError', `The id ${JSON.stringify(wrong)} cannot name a file or an anchor.`, remedy, 2)
  }
}
