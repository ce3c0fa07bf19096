import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { makeFolder } from '../../src/makeFolder.js'

it('makes missing parents, and says what stands in the way', () => {
  const folder = mkdtempSync(join(tmpdir(), 'make-folder-'))
  try {
    makeFolder(join(folder, 'a', 'b', 'c'))
    makeFolder(join(folder, 'a', 'b', 'c'))
    expect(existsSync(join(folder, 'a', 'b', 'c'))).toBe(true)
    writeFileSync(join(folder, 'file'), '')
    expect(() => makeFolder(join(folder, 'file', 'below'))).toThrow(/ENOTDIR/)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})

it.skipIf(!existsSync('/proc/self'))('returns where the file system refuses new folders', () => {
  expect(() => makeFolder('/proc/reshore/run')).toThrow(/ENOENT/)
})
