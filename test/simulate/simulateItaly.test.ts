import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import iconv from 'iconv-lite'
import { afterAll, describe, expect, it } from 'vitest'
import { drawItaly, simulateItaly } from '../../src/simulate/index.js'
import { provinceCounts } from '../../src/simulate/italy/choices.js'
import { compareTargets } from '../../src/simulate/italy/targets.js'
import { labourAreas, provinces, regionNames } from '../../src/simulate/italy/territory.js'

/** Sampling error of one full survey: means over about 5,000 active firm-years of 1,700 firms, heavy tails in euros. */
const momentTolerance = 0.12
/** Prevalence varies by seed because the intercept does not: about 0.1 points. */
const prevalenceTolerance = 0.35

const folders: string[] = []
async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'reshore-italy-'))
  folders.push(path)
  return path
}
afterAll(() => Promise.all(folders.map((path) => rm(path, { recursive: true }))))

async function contents(path: string): Promise<Map<string, Buffer>> {
  const names = (await readdir(path)).sort()
  return new Map(await Promise.all(names.map(async (name) => [name, await readFile(join(path, name))] as const)))
}

const options = { firms: 300, seed: 7, prevalence: 0.12 } as const

describe('the map', () => {
  it('has 107 provinces in 20 regions, Napoli among them as NA', () => {
    expect(provinces.length).toBe(107)
    expect(regionNames.length).toBe(20)
    expect(new Set(labourAreas.map(({ code }) => code)).size).toBe(labourAreas.length)
    expect(provinces.find(({ code }) => code === 'NA')?.name).toBe('Napoli')
  })
})

describe('a survey', () => {
  it('is the same bytes for the same seed and others for another', async () => {
    const [first, second, other] = [await folder(), await folder(), await folder()]
    await simulateItaly({ ...options, out: first })
    await simulateItaly({ ...options, out: second })
    await simulateItaly({ ...options, seed: 8, out: other })
    expect(await contents(first)).toEqual(await contents(second))
    expect((await contents(first)).get('survey_2008.csv')).not.toEqual((await contents(other)).get('survey_2008.csv'))
  })

  it('has one truth for every seed', () => {
    expect(drawItaly({ ...options, seed: 1 }).outcome).toEqual(drawItaly({ ...options, seed: 2 }).outcome)
  })

  it('without the planted lines is the clean survey', async () => {
    const [dirty, clean] = [await folder(), await folder()]
    const truth = await simulateItaly({ ...options, out: dirty })
    await simulateItaly({ ...options, dirt: false, out: clean })
    expect(new Set(truth.dirt.map(({ kind }) => kind)).size).toBe(6)
    for (const [name, bytes] of await contents(clean)) {
      if (!name.endsWith('.csv')) continue
      const planted = new Set(truth.dirt.filter(({ file }) => file === name).map(({ line }) => line))
      const lines = iconv.decode(await readFile(join(dirty, name)), 'latin1').split('\n')
      expect(lines.filter((_, index) => !planted.has(index + 1)).join('\n')).toBe(iconv.decode(bytes, 'latin1'))
    }
  })

  it('plants what it says where it says', async () => {
    const out = await folder()
    const truth = await simulateItaly({ ...options, out })
    const lines = new Map([...await contents(out)].map(([name, bytes]) => [name, bytes.toString('latin1').split('\n')]))
    const cells = ({ file, line }: { file: string; line: number }): string[] => lines.get(file)![line - 1]!.split(';')
    for (const dirt of truth.dirt) {
      const header = cells({ file: dirt.file, line: 1 })
      const row = cells(dirt)
      const cell = dirt.column === null ? '' : row[header.indexOf(dirt.column)]!
      const copies = lines.get(dirt.file)!.slice(0, dirt.line - 1).filter((line) => line.startsWith(row.slice(0, 2).join(';')))
      expect(copies.length, 'a good line stands before its spoilt copy').toBeGreaterThan(0)
      if (dirt.kind === 'undecodable-byte') expect(cell).toContain('\x81')
      if (dirt.kind === 'negative-count') expect(cell).toMatch(/^-\d/)
      if (dirt.kind === 'unknown-province') expect(cell).toBe('XX')
      if (dirt.kind === 'wrong-column-count') expect(row.length).not.toBe(header.length)
      else expect(row.length).toBe(header.length)
    }
  })

  it('writes Windows-1252 with European numbers', async () => {
    const out = await folder()
    await simulateItaly({ ...options, out })
    const areas = await readFile(join(out, 'areas.csv'))
    expect(areas.includes(Buffer.from([0x46, 0x6f, 0x72, 0x6c, 0xec]))).toBe(true)
    const survey = (await readFile(join(out, 'survey_2006.csv'))).toString('latin1')
    expect(survey).toMatch(/;\d\.\d{3}\.\d{3};/)
    expect(survey).toMatch(/;0,\d{3};/)
  })

  it('names what is wrong with its options and its folder', async () => {
    expect(() => drawItaly({ prevalence: 0.9 })).toThrow(/prevalence is 0.9/)
    expect(() => drawItaly({ firms: 3 })).toThrow(/firms is 3/)
    expect(() => drawItaly({ firms: 2000, prevalence: 0.12, spillover: 0.15 })).toThrow(/a province tips over/)
    const out = await folder()
    await writeFile(join(out, 'file'), '')
    for (const path of [join(out, 'file'), join(out, 'file', 'below'), '/proc/reshore/below']) {
      await expect(simulateItaly({ ...options, out: path })).rejects.toMatchObject({ name: 'NotWritableError' })
    }
    await simulateItaly({ ...options, out: join(out, 'new', 'folder') })
    expect((await readdir(join(out, 'new', 'folder'))).length).toBe(11)
  })
})

describe('the full survey', () => {
  const survey = drawItaly({ seed: 1 })
  const targets = compareTargets(survey, survey.settings.prevalence)

  it('has exactly the published firms and rows', () => {
    expect(targets.slice(0, 2)).toEqual([
      { name: 'firms', target: 17338, realised: 17338 },
      { name: 'rows of the outcome equation', target: 117505, realised: 117505 },
    ])
  })

  it.each(targets.slice(3).map((row) => [row.name, row] as const))('matches %s', (_, { target, realised }) => {
    expect(Math.abs(realised / target - 1)).toBeLessThan(momentTolerance)
  })

  it('has the published prevalence and no province that tips over', () => {
    expect(Math.abs(100 * survey.choices.prevalence - 4.3)).toBeLessThan(prevalenceTolerance)
    const firms = new Int32Array(provinces.length)
    survey.population.province.forEach((province) => (firms[province] = firms[province]! + 1))
    const last = provinceCounts(survey.population, survey.choices.active, 7)
    const shares = [...last].flatMap((count, province) => (firms[province]! > 100 ? [count / firms[province]!] : []))
    expect(Math.max(...shares)).toBeLessThan(0.25)
  })
})
