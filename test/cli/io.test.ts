import { describe, expect, it } from 'vitest'
import { describeFailure, reportFailure } from '../../src/cli/failure.js'
import { createIo, toJson } from '../../src/cli/io.js'
import { ReshoreError } from '../../src/errors.js'
import { cannotWrite } from '../../src/fileErrors.js'

function streams(isTTY = false) {
  const out: string[] = []
  const err: string[] = []
  return {
    out,
    err,
    stdout: { write: (text: string) => out.push(text) },
    stderr: { write: (text: string) => err.push(text), isTTY, columns: 80 },
  }
}

describe('CommandIo', () => {
  it('prints the document with --json and the text without', () => {
    const text = streams()
    createIo({ ...text, json: false, quiet: false }).result({ a: 1 }, () => 'a is 1')
    const json = streams()
    createIo({ ...json, json: true, quiet: false }).result({ a: 1 }, () => 'a is 1')
    expect([text.out, json.out]).toEqual([['a is 1\n'], ['{"a":1}\n']])
  })

  it('keeps notes and progress off standard output, and silent with quiet', () => {
    const loud = streams()
    const io = createIo({ ...loud, json: true, quiet: false })
    io.note('a note')
    const progress = io.progress('panel')
    for (let i = 0; i <= 1000; i++) progress.update(i / 1000)
    progress.done('12 rows')
    expect(loud.out).toEqual([])
    expect(loud.err[0]).toBe('a note\n')
    expect(loud.err).toHaveLength(1 + 9 + 1)
    expect(loud.err.at(-1)).toMatch(/^panel: 12 rows \(\d+\.\d s\)\n$/)
    const silent = streams(true)
    const quiet = createIo({ ...silent, json: false, quiet: true })
    quiet.note('a note')
    quiet.progress('panel').done()
    expect([silent.out, silent.err]).toEqual([[], []])
  })

  it('draws one bar on a terminal and never wider than it', () => {
    const terminal = streams(true)
    const progress = createIo({ ...terminal, json: false, quiet: false }).progress('panel')
    progress.update(0.5, 'x'.repeat(200))
    progress.done()
    expect(terminal.err.join('')).toContain('50%')
    for (const line of terminal.err.join('').split(/\r|\n/)) expect(line.replace('\u001b[2K', '').length).toBeLessThan(80)
  })
})

describe('toJson', () => {
  it('writes typed arrays as arrays and keeps every digit', () => {
    const value = 0.1 + 0.2
    expect(JSON.parse(toJson({ vcov: Float64Array.of(value, 1), count: 3n, degreesOfFreedom: Infinity }))).toEqual({
      vcov: [value, 1],
      count: 3,
      degreesOfFreedom: null,
    })
  })
})

describe('failures', () => {
  const defect = new TypeError('x is undefined')
  const missing = Object.assign(new Error('ENOENT'), { code: 'ENOENT', path: '/nowhere.csv' })
  const full = Object.assign(new Error('ENOSPC'), { code: 'ENOSPC', path: '/runs/a.parquet' })

  it.each([
    [new ReshoreError('SeparationError', 'perfect', 'Drop it.'), 'SeparationError', 1],
    [new ReshoreError('FormulaError', 'no ~', 'Write y ~ x.', 2), 'FormulaError', 2],
    [missing, 'FileNotFoundError', 2],
    [full, 'DiskFullError', 1],
    [cannotWrite('/survey', Object.assign(new Error('EDQUOT'), { code: 'EDQUOT' })), 'DiskFullError', 1],
    [cannotWrite('/survey', Object.assign(new Error('EACCES'), { code: 'EACCES' })), 'NotWritableError', 1],
    [defect, 'Defect', 1],
    ['text', 'Defect', 1],
  ])('%s is %s', (thrown, name, exitCode) => {
    expect(describeFailure(thrown)).toMatchObject({ name, exitCode })
  })

  it('of a full disk say where, as far as the system does', () => {
    expect(describeFailure(full).message).toBe('the disk is full: cannot write to /runs/a.parquet')
    expect(describeFailure(Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' })).message).toBe('the disk is full (ENOSPC: no space left on device, write)')
  })

  it('print name, message and remedy, and one JSON document with --json', () => {
    const { out, err, stdout, stderr } = streams()
    expect(reportFailure(new ReshoreError('SeparationError', 'perfect', 'Drop it.'), true, stdout, stderr)).toBe(1)
    expect(JSON.parse(out.join(''))).toEqual({ error: { name: 'SeparationError', message: 'perfect', remedy: 'Drop it.' } })
    expect(err.join('')).toBe('SeparationError: perfect\nDrop it.\n')
  })

  it('never show a stack unless asked', () => {
    const { err, stdout, stderr } = streams()
    reportFailure(defect, false, stdout, stderr)
    expect(err.join('')).not.toContain('at ')
    expect(err.join('')).toContain('please report it')
  })
})
