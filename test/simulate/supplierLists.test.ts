/** Simulated supplier lists: the same for one seed, those of the fixture, dirty as said, with a truth that fits. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { simulateSupplierLists } from '../../src/simulate/index.js'

const fixture = (name: string): string => readFileSync(fileURLToPath(new URL(`../../fixtures/data/supplier-lists/${name}`, import.meta.url)), 'utf8')

describe('simulated supplier lists', () => {
  const { files, truth } = simulateSupplierLists({ factories: 240, seed: 11 })

  it('are those of the fixture', () => {
    for (const { name, text } of files) expect(text, name).toBe(fixture(name))
    expect(JSON.parse(fixture('truth.json'))).toEqual({ factories: truth })
  })

  it('have a factory for each row, once a list, and one brand on the first list', () => {
    files.forEach(({ text }, wave) => {
      expect(text.trim().split('\n').length - 1).toBe(truth[wave]!.length)
      expect(new Set(truth[wave]).size).toBe(truth[wave]!.length)
    })
    expect([files[0]!.text.includes('FERN'), files[1]!.text.includes('Fern')]).toEqual([false, true])
    expect(simulateSupplierLists({ factories: 240, seed: 12 }).files[0]!.text).not.toBe(files[0]!.text)
  })

  it('spell most names in more than one way', () => {
    const spellings = new Map<number, Set<string>>()
    files.forEach(({ text }, wave) => text.trim().split('\n').slice(1).forEach((line, row) => {
      const name = /^\d,[\d-]+,(?:"([^"]*)"|([^,]*)),/.exec(line)!
      const factory = truth[wave]![row]!
      spellings.set(factory, (spellings.get(factory) ?? new Set()).add((name[1] ?? name[2]!).toUpperCase()))
    }))
    const several = [...spellings].filter(([factory]) => truth.filter((rows) => rows.includes(factory)).length > 1)
    expect(several.filter(([, names]) => names.size > 1).length / several.length).toBeGreaterThan(0.7)
  })
})
