/** Failures have one kind of name, so that a reader of a message or a caught error knows it for what it is. */
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'

const files = ['src', 'pipelines'].flatMap((folder) =>
  readdirSync(folder, { recursive: true }).map((name) => join(folder, String(name))).filter((name) => name.endsWith('.ts')))

it('the names of errors end in Error', () => {
  const names = files.flatMap((file) => [...readFileSync(file, 'utf8').matchAll(/new ReshoreError\(\s*'(\w+)'/g)].map(([, name]) => name!))
  expect(names.length).toBeGreaterThan(100)
  expect(names.filter((name) => !name.endsWith('Error'))).toEqual([])
})
