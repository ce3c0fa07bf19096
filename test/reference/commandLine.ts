/** Published tables through the command line: what `reshore estimate … --json` prints, and comparisons at the digits in print. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect } from 'vitest'
import { parseCommandLine } from '../../src/cli/arguments.js'
import { command } from '../../src/cli/estimate.js'
import type { EstimateDocument } from '../../src/cli/estimateResult.js'
import { createIo } from '../../src/cli/io.js'
import type { TidyRow } from '../../src/estimate/records.js'

/** The document of `estimate MODEL --data PATH --formula FORMULA …`. */
export async function estimateFile(model: string, path: string, formula: string, ...options: readonly string[]): Promise<EstimateDocument> {
  let printed = ''
  const { command: parsed, json, quiet } = parseCommandLine([model, '--data', path, '--formula', formula, ...options, '--json', '--quiet'], command)
  await command.run(parsed as Parameters<typeof command.run>[0], createIo({ json, quiet, stdout: { write: (text: string) => (printed += text) }, stderr: { write: () => '' } }))
  return JSON.parse(printed) as EstimateDocument
}

/** Estimates by term as they stand in print, `estimate (standard error)` or `estimate`; right to half a unit of the last digit, or `units` of them. */
export function expectPrinted({ terms }: { readonly terms: readonly Pick<TidyRow, 'term' | 'estimate' | 'stdError'>[] }, rows: Readonly<Record<string, string>>, units = 0.5): void {
  for (const [term, text] of Object.entries(rows)) {
    const found = terms.find((row) => row.term === term)
    expect(found, `${term} among ${terms.slice(0, 12).map((row) => row.term).join(', ')}`).toBeDefined()
    const [estimate, stdError] = text.replace(')', '').split(' (')
    expectDigits(found!.estimate, estimate!, term, units)
    if (stdError !== undefined) expectDigits(found!.stdError, stdError, `standard error of ${term}`, units)
  }
}

/** A number equals its printed text to half a unit of the last digit. */
export function expectDigits(value: number, text: string, what: string, units = 0.5): void {
  const unit = 10 ** -(text.split('.')[1]?.length ?? 0)
  expect(Math.abs(value - Number(text)), `${what}: ${value} for ${text}`).toBeLessThan(units * unit * (1 + 1e-9))
}

/** A folder for derived files, removed at the end; `write` gives the path of a CSV file in it. */
export function derivedFiles(): { path: (name: string) => string; write: (name: string, header: readonly string[], rows: Iterable<readonly unknown[]>) => string } {
  const folder = mkdtempSync(join(tmpdir(), 'reshore-published-'))
  afterAll(() => rmSync(folder, { recursive: true }))
  const path = (name: string): string => join(folder, name)
  return {
    path,
    write(name, header, rows) {
      writeFileSync(path(name), `${[header, ...rows].map((cells) => cells.join(',')).join('\n')}\n`)
      return path(name)
    },
  }
}
