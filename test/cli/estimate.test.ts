import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { parseCommandLine } from '../../src/cli/arguments.js'
import { command } from '../../src/cli/estimate.js'
import type { EstimateDocument } from '../../src/cli/estimateResult.js'
import type { FurtherResults } from '../../src/cli/furtherResults.js'
import { createIo } from '../../src/cli/io.js'
import { averagePartialEffects, cluster, logit, ols, whereRows } from '../../src/estimate/index.js'
import { readTable } from '../../src/ingest/index.js'

const firms = fileURLToPath(new URL('../../fixtures/reference/estimate/firms.csv', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'reshore-estimate-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** What the command prints, given the words after its name. */
async function estimate(...words: string[]): Promise<{ stdout: string; stderr: string }> {
  const printed = { stdout: '', stderr: '' }
  const output = (name: keyof typeof printed) => ({ write: (text: string) => (printed[name] += text) })
  const { command: parsed, json, quiet } = parseCommandLine(words, command)
  await command.run(parsed as Parameters<typeof command.run>[0], createIo({ json, quiet, stdout: output('stdout'), stderr: output('stderr') }))
  return printed
}

const document = async (...words: string[]): Promise<EstimateDocument> => JSON.parse((await estimate(...words, '--json')).stdout)

describe('reshore estimate', () => {
  it('prints one document with every part of the result', async () => {
    const result = await document('logit', '--data', firms, '--formula', 'b ~ x1 + log(x2) + sector + district', '--cluster', 'region')
    expect(Object.keys(result)).toEqual(['model', 'formula', 'observations', 'groups', 'terms', 'vcov', 'logLikelihood', 'aic', 'bic', 'wald', 'sample', 'collinear', 'convergence', 'detail', 'notes', 'seconds'])
    expect(result.terms.map(({ term }) => term)).toEqual(['(Intercept)', 'x1', 'log(x2)', 'sector::knitwear', 'sector::leather', 'sector::textiles', 'district::true'])
    expect(Object.keys(result.terms[0]!)).toEqual(['term', 'estimate', 'stdError', 'statistic', 'pValue', 'conf'])
    expect(result.terms[1]!.stdError).toBe(Math.sqrt(result.vcov[1]![1]!))
    expect(result.sample).toEqual({ read: 450, used: 432, dropped: [
      { reason: 'missing `x2`', rows: 9 }, { reason: 'missing `sector`', rows: 5 }, { reason: 'missing `region`', rows: 4 },
    ] })
    expect(Object.keys(result.seconds)).toEqual(['load', 'design', 'fit'])
  })

  it('prints a table with its conventions', async () => {
    const { stdout, stderr } = await estimate('ols', '--data', firms, '--formula', 'y ~ x1 + log(x2) | firm', '--cluster', 'firm', '--conf-level', '0.9')
    expect(stdout).toContain('ols: y ~ x1 + log(x2) | firm')
    expect(stdout).toContain('90% interval')
    expect(stdout).toMatch(/\nR² .* within 0\.\d{5}/)
    expect(stdout).toMatch(/\nabsorbed +firm 90\n/)
    expect(stdout).toContain('cluster(firm): 90 clusters of firm; t with 89 degrees of freedom')
    expect(stderr).toContain('9 of 450 rows left out: 9 missing `x2`.')
  })

  it('estimates on the rows of --where, and counts the others first', async () => {
    const condition = "sector != 'knitwear' & year > 2003"
    const { stdout, stderr } = await estimate('ols', '--data', firms, '--formula', 'y ~ x1 + log(x2)', '--where', condition)
    expect(stderr).toMatch(new RegExp(`^note: \\d+ of 450 rows left out: \\d+ not \`${condition}\`\\.\n`))
    expect(stdout).toMatch(/observations +\d+ \(450 rows read, \d+ left out\)/)
    const { sample, terms } = await document('ols', '--data', firms, '--formula', 'y ~ x1 + log(x2)', '--where', condition)
    expect(sample.read).toBe(450)
    expect(sample.dropped.map(({ reason }) => reason)).toEqual([`not \`${condition}\``, 'missing `x2`'])
    expect(sample.used + sample.dropped.reduce((total, { rows }) => total + rows, 0)).toBe(450)
    const kept = ols('y ~ x1 + log(x2)', whereRows(await readTable(firms), condition))
    expect(terms.map(({ estimate: value }) => value)).toEqual([...kept.coefficients])
  })

  it('adds average effects over the rows used and RESET where they are asked for', async () => {
    const words = ['logit', '--data', firms, '--formula', 'b ~ x1 + log(x2) + I(year > 2003)', '--cluster', 'firm', '--where', 'x1 > -1', '--margins', '--reset', '2,3']
    const found = (await document(...words)) as EstimateDocument & FurtherResults
    const kept = whereRows(await readTable(firms), 'x1 > -1')
    const fit = logit('b ~ x1 + log(x2) + I(year > 2003)', kept, { vcov: cluster('firm') })
    expect(found.margins!.map(({ variable }) => variable)).toEqual(['x1', 'x2'])
    expect(found.margins![0]!.rows).toBe(found.observations)
    expect(found.margins![0]!.estimate).toBeCloseTo(averagePartialEffects(fit, whereRows(kept, "b in (0, 1)"), ['x1'])[0]!.estimate, 9)
    expect(found.reset!.degrees).toEqual([2])
    const { stdout } = await estimate(...words)
    expect(stdout).toMatch(/RESET +χ²\(2\) /)
    expect(stdout).toMatch(/\nx1 +dP\/dx /)
    await expect(estimate('ols', '--data', firms, '--formula', 'y ~ x1', '--margins')).rejects.toMatchObject({ name: 'UnsupportedError', exitCode: 2 })
    await expect(estimate('logit', '--data', firms, '--formula', 'b ~ x1', '--weights', 'copies', '--margins')).rejects.toMatchObject({ name: 'UsageError', exitCode: 2 })
    await expect(estimate('cox', '--data', firms, '--formula', 'surv(year, b) ~ x1', '--reset')).rejects.toMatchObject({ name: 'UnsupportedError', exitCode: 2 })
    await expect(estimate('ols', '--data', firms, '--formula', 'y ~ x1', '--reset', '1')).rejects.toMatchObject({ name: 'UsageError', exitCode: 2 })
  })

  it('adds combinations of coefficients', async () => {
    const words = ['ols', '--data', firms, '--formula', 'y ~ x1 + log(x2)', '--lincom', 'x1 + 2*log(x2) = 1', '--lincom', 'x1', '--conf-level', '0.9']
    const { lincom, terms } = (await document(...words)) as EstimateDocument & FurtherResults
    expect(lincom!.rows[0]!.estimate).toBeCloseTo(terms[1]!.estimate + 2 * terms[2]!.estimate - 1, 12)
    expect(lincom!.rows[1]!.conf[0]).toBeCloseTo(terms[1]!.conf[0], 12)
    expect(lincom!.joint!.degrees[0]).toBe(2)
    const { stdout } = await estimate(...words)
    expect(stdout).toMatch(/combinations +together F\(2, /)
    expect(stdout).toMatch(/\nx1 \+ 2\*log\(x2\) = 1 +/)
    await expect(estimate('ols', '--data', firms, '--formula', 'y ~ x1', '--lincom', 'x9')).rejects.toMatchObject({ name: 'HypothesisError', exitCode: 2 })
  })

  it('adds average effects to a dynamic model', async () => {
    const words = ['re-logit', '--data', firms, '--formula', 'b ~ x1', '--group', 'firm', '--dynamic', 'wooldridge', '--time', 'year', '--margins']
    const found = (await document(...words)) as EstimateDocument & FurtherResults
    expect(found.margins!.map(({ variable }) => variable)).toEqual(['x1', 'lag_b', 'initial_b', 'mean_x1'])
    expect(found.margins![0]!.rows).toBe(found.observations)
  })

  it('takes frequencies as an option of its own or as the kind of --weights', async () => {
    const words = ['ols', '--data', firms, '--formula', 'y ~ x1']
    const { seconds: _, ...own } = await document(...words, '--frequency', 'copies')
    const { seconds: __, ...flag } = await document(...words, '--weights', 'copies', '--frequency')
    expect(own).toEqual(flag)
    expect(own.observations).toBeGreaterThan(own.sample.used)
  })

  it('reads Stata files, labelled values as numbers or as text', async () => {
    const data = fileURLToPath(new URL('../../fixtures/reference/stata/haven118.dta', import.meta.url))
    const words = ['ols', '--data', data, '--formula', 'small ~ sector']
    const { stdout, stderr } = await estimate(...words, '--json')
    expect((JSON.parse(stdout) as EstimateDocument).terms.map(({ term }) => term)).toEqual(['(Intercept)', 'sector'])
    expect(stderr).toContain('note: Column `sector` has extended missing values, all read as missing (rows): .a in 1.')
    expect((await document(...words, '--value-labels', 'text')).terms.map(({ term }) => term)).toEqual(['(Intercept)', 'sector::footwear'])
    await expect(estimate('ols', '--data', firms, '--formula', 'y ~ x1', '--encoding', 'latin1')).rejects.toMatchObject({ name: 'FormatError', exitCode: 2 })
  })

  it('adds what a dynamic model needs and says so, with the same numbers for any number of threads', async () => {
    const words = ['re-logit', '--data', firms, '--formula', 'b ~ x1', '--group', 'firm']
    const result = await document(...words, '--dynamic', 'rabe-hesketh-skrondal', '--time', 'year')
    expect(result.terms.map(({ term }) => term)).toEqual(['(Intercept)', 'x1', 'lag_b', 'initial_b', 'mean_x1', 'initial_x1'])
    expect(result.notes[0]!.text).toBe('Dynamic model (Rabe-Hesketh and Skrondal 2013, means over the periods after the initial one): added `lag_b`, `initial_b`, `mean_x1`, `initial_x1`.')
    const { seconds: _, ...two } = await document(...words, '--dynamic', 'rabe-hesketh-skrondal', '--time', 'year', '--threads', '2')
    const { seconds: __, ...one } = result
    expect(two).toEqual(one)
    const { stdout, stderr } = await estimate(...words, '--dynamic', 'wooldridge', '--time', 'year')
    expect(stdout).toContain('lag_b + initial_b + mean_x1')
    expect(stderr).toContain('added `lag_b`, `initial_b`, `mean_x1`.')
  })

  it('reads missing codes', async () => {
    const path = join(folder, 'codes.csv')
    writeFileSync(path, `y,x\n${Array.from({ length: 30 }, (_, i) => `${i % 7},${i === 4 ? '-99' : i}`).join('\n')}\n`)
    expect((await document('ols', '--data', path, '--formula', 'y ~ x', '--missing', '-99')).sample.used).toBe(29)
    expect((await document('ols', '--data', path, '--formula', 'y ~ x')).sample.used).toBe(30)
  })

  it.each([
    [['lgit'], 'unknown model `lgit`', 'Did you mean logit?', 2],
    [['feols'], 'unknown model `feols`', 'Did you mean ols?', 2],
    [['ppmlhdfe'], 'unknown model `ppmlhdfe`', 'Did you mean ppml?', 2],
    [['ols', '--data', firms, '--formula', 'y ~ x1', '--vcov', 'hetero'], '--vcov is `hetero`', 'robust is HC1', 2],
    [['ols', '--data', firms, '--formula', 'y ~ x1', '--cluster', 'firm + year'], '--cluster is `firm + year`', '--cluster a,b', 2],
    [['ols', '--data', firms, '--formula', 'y ~ x1', '--vcov', 'iid', '--small-sample', 'stata'], '--small-sample stata with --vcov iid', 'divides by n', 2],
    [['ols', '--formula', 'y ~ x1'], 'needs --data', '--data FILE', 2],
    [['ols', '--data', firms], 'needs --formula', '--formula', 2],
    [['ols', '--data', firms, '--formula', 'y ~ x1 +'], 'a regressor expected', 'column', 2],
    [['ols', '--data', firms, '--formula', 'y ~ x1 + lgo(x2)'], 'unknown function `lgo`', 'log()', 2],
    [['ols', '--data', firms, '--formula', 'y ~ x1 + secter'], 'no column `secter`', '`sector`', 2],
    [['ols', '--data', firms, '--formula', 'y ~ x1', '--cluster', 'regoin'], 'no column `regoin`', '`region`', 2],
    [['ols', '--data', firms, '--formula', 'y ~ x1', '--ties', 'efron'], 'ols takes no --ties', '--weights', 2],
    [['fe-logit', '--data', firms, '--formula', 'b ~ x1 | firm', '--weights', 'weight'], 'fe-logit takes no --weights', '--group', 2],
    [['ols', '--data', firms, '--formula', 'y ~ x1', '--vcov', 'robust', '--cluster', 'firm'], 'two covariances', 'one of them', 2],
    [['ols', '--data', firms, '--formula', 'y ~ x1', '--small-sample', 'stata'], '--small-sample without', 'degrees of freedom', 2],
    [['re-logit', '--data', firms, '--formula', 'b ~ x1', '--group', 'firm', '--dynamic', 'wooldridge'], '--dynamic needs', '--dynamic wooldridge --time COLUMN', 2],
    [['re-logit', '--data', firms, '--formula', 'b ~ x1', '--group', 'firm', '--time', 'year'], '--time without --dynamic', '--dynamic', 2],
    [['logit', '--data', firms, '--formula', 'b ~ x1', '--dynamic', 'wooldridge', '--time', 'year'], 'logit takes no --dynamic', '--separation', 2],
    [['re-logit', '--data', firms, '--formula', 'b ~ x1', '--group', 'firm', '--dynamic', 'wooldridge', '--time', 'yaer'], 'no column `yaer`', '`year`', 2],
    [['ols', '--data', firms, '--formula', 'y ~ x1', '--conf-level', '95'], '--conf-level', 'between 0 and 1', 2],
    [['logit', '--data', firms, '--formula', 'y ~ x1'], 'where 0 or 1 is needed', 'boolean', 1],
  ])('answers %j with a remedy', async (words, message, remedy, exitCode) => {
    const failure = await estimate(...words).catch((error: unknown) => error)
    expect(failure).toMatchObject({ message: expect.stringContaining(message), remedy: expect.stringContaining(remedy), exitCode })
  })
})
