import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { lockFolder } from '../../src/pipeline/lock.js'

const folder = (): string => mkdtempSync(join(tmpdir(), 'reshore-lock-'))
const write = (where: string, owner: object | string): void =>
  writeFileSync(join(where, '.lock'), typeof owner === 'string' ? owner : JSON.stringify(owner))

it('is held once and can be taken again after release', () => {
  const where = folder()
  const release = lockFolder(where)
  expect(() => lockFolder(where)).toThrow(`process ${process.pid} is running`)
  release()
  expect(existsSync(join(where, '.lock'))).toBe(false)
  lockFolder(where)()
})

it.each([
  ['a process that is gone', { process: 2 ** 22 + 1, startTime: '1', host: hostname() }],
  ['a process whose id is used again', { process: process.pid, startTime: 'another boot', host: hostname() }],
  ['nobody, cut short while written', '{"proc'],
])('is taken over from %s', (_, owner) => {
  const where = folder()
  write(where, owner)
  const release = lockFolder(where)
  expect(JSON.parse(readFileSync(join(where, '.lock'), 'utf8'))).toMatchObject({ process: process.pid })
  release()
})

it('of another machine is respected', () => {
  const where = folder()
  write(where, { process: 1, startTime: '1', host: 'another-machine' })
  expect(() => lockFolder(where)).toThrow('process 1 on another-machine')
})
