/** docs/api.md lists what the package exports, as the sources describe it. */
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { apiPage, undocumented } from '../../scripts/api.mjs'
import * as reshore from '../../src/index.js'

const page = apiPage()

it('every function and value has a sentence', () => {
  expect(undocumented()).toEqual([])
})

it('the page has each export of the package once', () => {
  const listed = [...page.matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name!)
  expect(listed.sort()).toEqual(Object.keys(reshore).sort())
})

it('docs/api.md is that page: `node scripts/api.mjs` writes it', () => {
  expect(readFileSync('docs/api.md', 'utf8')).toBe(page)
})
