/**
 * The stages that promise to run in a browser: bundled without anything of node, and, where Chromium is found, with the same
 * numbers there as here.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { chromium } from 'playwright-core'
import { afterAll, describe, expect, it } from 'vitest'
import { browserNumbers } from './browserEntry.js'

const executablePath = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) => path !== undefined && existsSync(path))
const here = fileURLToPath(new URL('.', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'reshore-browser-'))
afterAll(() => rmSync(folder, { recursive: true }))

const bundle = (entry: string, outfile: string) => build({ entryPoints: [entry], outfile, bundle: true, platform: 'browser', format: 'iife', globalName: 'reshore', logLevel: 'silent' })

describe('in a browser', () => {
  it.each(['numerics', 'sourcing', 'calibrate', 'counterfactual'])('%s bundles without anything of node', async (stage) => {
    const { errors } = await bundle(join(here, `../../src/${stage}/index.ts`), join(folder, `${stage}.js`))
    expect(errors).toEqual([])
  })

  it.skipIf(executablePath === undefined)('the solvers give the numbers they give here', async () => {
    await bundle(join(here, 'browserEntry.ts'), join(folder, 'solvers.js'))
    const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-background-networking', '--disable-component-update', '--disable-sync'] })
    try {
      const page = await browser.newPage()
      await page.addScriptTag({ content: readFileSync(join(folder, 'solvers.js'), 'utf8') })
      const there = await page.evaluate('JSON.stringify(reshore.browserNumbers())')
      expect(JSON.parse(there as string)).toEqual(JSON.parse(JSON.stringify(browserNumbers())))
    } finally {
      await browser.close()
    }
  })
})
