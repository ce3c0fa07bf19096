/** The page in a real browser: no complaint, no request, no overflow on a phone, contents and copying work, light and dark. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { chromium } from 'playwright-core'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { renderLatex, renderPage } from '../../../src/report/index.js'
import type { TableModel } from '../../../src/report/index.js'
import { page as record } from '../italyPage.js'

const executablePath = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(
  (path) => path !== undefined && existsSync(path),
)
const phone = { width: 390, height: 844 }
const desktop = { width: 1360, height: 900 }
/** A busy machine may take its time to scroll. */
const patience = { timeout: 20_000 }

describe.skipIf(executablePath === undefined)('the page in Chromium', () => {
  const folder = mkdtempSync(join(tmpdir(), 'reshore-page-'))
  const url = pathToFileURL(join(folder, 'report.html')).href
  let browser: Browser

  beforeAll(async () => {
    writeFileSync(join(folder, 'report.html'), await renderPage(record))
    browser = await chromium.launch({
      executablePath,
      args: ['--no-sandbox', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
    })
  })
  afterAll(async () => {
    await browser?.close()
    rmSync(folder, { recursive: true })
  })

  async function open(options: BrowserContextOptions): Promise<{ page: Page; complaints: string[] }> {
    const complaints: string[] = []
    const page = await (await browser.newContext({ reducedMotion: 'reduce', ...options })).newPage()
    page.on('console', (message) => complaints.push(message.text()))
    page.on('pageerror', (error) => complaints.push(error.message))
    page.on('request', (request) => {
      if (request.url() !== url && !request.url().startsWith('data:') && !request.url().startsWith('blob:'))
        complaints.push(`asked for ${request.url()}`)
    })
    await page.goto(url)
    return { page, complaints }
  }

  it.each([
    ['phone', phone],
    ['desktop', desktop],
  ] as const)('%s: nothing on the console, no request, no sideways scrolling', async (_, viewport) => {
    const { page, complaints } = await open({ viewport })
    await page.evaluate('document.querySelectorAll("details").forEach((details) => { details.open = true })')
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(viewport.width)
    expect(complaints).toEqual([])
    await page.context().close()
  })

  it('the contents stay in view, lead to their chapters and mark the one being read', async () => {
    const { page } = await open({ viewport: desktop })
    await page.click('.contents a[href="#page-scenarios"]')
    await expect
      .poll(() => page.evaluate('document.querySelector(".contents a[aria-current]").hash'), patience)
      .toBe('#page-scenarios')
    expect(await page.evaluate('document.getElementById("page-scenarios").getBoundingClientRect().top')).toBeLessThan(
      desktop.height / 3,
    )
    expect(await page.isVisible('.contents')).toBe(true)
    await page.context().close()
  })

  it('on a phone figures are drawn narrow and the contents stick to the top', async () => {
    const { page } = await open({ viewport: phone })
    expect(await page.isVisible('#survival .drawing.narrow')).toBe(true)
    expect(await page.isVisible('#survival .drawing.wide')).toBe(false)
    await page.evaluate('document.getElementById("page-provenance").scrollIntoView()')
    await expect
      .poll(() => page.evaluate('Math.abs(document.querySelector(".contents").getBoundingClientRect().top)'), patience)
      .toBeLessThan(1)
    await page.context().close()
  })

  it.each(['light', 'dark'] as const)('follows the system in the %s, and the button turns it round', async (colorScheme) => {
    const { page } = await open({ viewport: desktop, colorScheme })
    const paper = (): Promise<number> => page.evaluate('Number(getComputedStyle(document.body).backgroundColor.match(/\\d+/)[0])')
    const line = (): Promise<string> =>
      page.evaluate('getComputedStyle(document.querySelector("#survival .drawing.wide [stroke=\'#1f5f8b\']")).stroke')
    const [before, lineBefore] = [await paper(), await line()]
    expect(before > 128).toBe(colorScheme === 'light')
    await page.click('.theme')
    expect((await paper()) > 128).toBe(colorScheme === 'dark')
    expect(await line()).not.toBe(lineBefore)
    await page.context().close()
  })

  it('copies the LaTeX of a table as it was rendered', async () => {
    const { page } = await open({ viewport: desktop, permissions: ['clipboard-read', 'clipboard-write'] })
    const table = record.sections[0]!.blocks.find((block): block is TableModel => block.kind === 'table')!
    await page.click(`[data-copies]:has(#${table.id}) button[data-copy="latex"]`)
    await page.waitForSelector('button:has-text("Copied")')
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe(renderLatex(table))
    await page.context().close()
  })

  it('saves the data behind a figure', async () => {
    const { page } = await open({ viewport: desktop })
    await page.click('#survival summary')
    const [download] = await Promise.all([page.waitForEvent('download'), page.click('#survival button[data-save]')])
    expect(download.suggestedFilename()).toBe('survival.csv')
    await page.context().close()
  })

  it('is well formed: the browser adds and moves nothing', async () => {
    const { page } = await open({ viewport: desktop })
    const source = (await renderPage(record)).replace(/<(style|script|template)\b([^>]*)>[^]*?<\/\1>/g, '<$1$2></$1>')
    const written = [...source.matchAll(/<([a-zA-Z][a-zA-Z0-9]*)[\s/>]/g)].map((match) => match[1]!.toLowerCase())
    expect(await page.evaluate('[...document.querySelectorAll("*")].map((element) => element.tagName.toLowerCase())')).toEqual(
      written,
    )
    expect(
      await page.evaluate(
        '[...document.querySelectorAll("figcaption")].every((caption) => caption === caption.parentElement.lastElementChild)',
      ),
    ).toBe(true)
    await page.context().close()
  })

  it('is complete without script', async () => {
    const { page } = await open({ viewport: desktop, javaScriptEnabled: false })
    expect(await page.isVisible('#entry-models')).toBe(true)
    expect(await page.isVisible('.theme')).toBe(false)
    await page.context().close()
  })
})
