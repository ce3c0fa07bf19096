/** Runs, resumes and failures through the real command line, on a small pipeline of five steps. */
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { fileHashes, reshore, root, start, temporaryFolder } from './cli.js'

const small = join(root, 'test/e2e/pipelines/small.ts')
const steps = ['raw', 'powered', 'mean', 'double', 'page']
const slow = { SMALL_WAIT: '100' }

const first = temporaryFolder()
let undisturbed: Record<string, string>

beforeAll(async () => {
  expect((await reshore(['run', small, '--out', first])).code).toBe(0)
  undisturbed = fileHashes(first)
})

/** A folder as a run left it: a copy of the first. */
function finishedRun(): string {
  const folder = temporaryFolder()
  cpSync(first, folder, { recursive: true })
  return folder
}

describe('reshore run', () => {
  it('writes whole files and the chain of hashes', async () => {
    const folder = temporaryFolder()
    const { code, stdout } = await reshore(['run', small, '--out', folder, '--json', '--quiet'])
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ pipeline: 'small', folder, made: steps, reused: [] })
    const record = JSON.parse(readFileSync(join(folder, 'run.json'), 'utf8')) as {
      seeds: object
      files: { path: string; sha256: string }[]
      steps: { step: string; artifacts: { rows?: number }[] }[]
    }
    expect(record.seeds).toEqual({ seed: 7 })
    expect(record.files.map(({ path }) => path)).toEqual(['firms-a.csv'])
    expect(record.files[0]!.sha256).toMatch(/^[0-9a-f]{64}$/)
    expect(record.steps.map(({ step }) => step)).toEqual(steps)
    expect(record.steps[0]!.artifacts[0]!.rows).toBe(4)
    expect(readdirSync(folder).sort()).toEqual(['report.html', 'run.json', 'steps', 'tables'])
  })

  it('keeps the JSON document alone on standard output and quiet on standard error', async () => {
    const { stdout, stderr } = await reshore(['run', small, '--out', temporaryFolder(), '--json', '--quiet'])
    expect(stdout.trim().split('\n')).toHaveLength(1)
    expect(stderr).toBe('')
  })

  it('does nothing twice', async () => {
    const folder = finishedRun()
    const before = fileHashes(folder)
    const { stdout } = await reshore(['run', small, '--out', folder, '--json'])
    expect(JSON.parse(stdout)).toMatchObject({ made: [], reused: steps })
    expect(fileHashes(folder)).toEqual(before)
  })

  it.each([1, 2])('gives the same bytes with %i thread(s), twice', async (threads) => {
    for (let repeat = 0; repeat < 2; repeat++) {
      const folder = temporaryFolder()
      await reshore(['run', small, '--out', folder, '--threads', String(threads)])
      expect(fileHashes(folder)).toEqual(undisturbed)
    }
  })

  it('knows every file of the pipeline, however fast they load', async () => {
    const text = `import { loadPipeline } from 'reshore'; console.log(JSON.stringify((await loadPipeline(${JSON.stringify(small)})).code.map(({ path }) => path)))`
    const { execFileSync } = await import('node:child_process')
    for (let repeat = 0; repeat < 3; repeat++) {
      const printed = execFileSync(process.execPath, ['--input-type=module', '-e', text], { cwd: root, encoding: 'utf8' })
      expect(JSON.parse(printed)).toEqual(['small-mean.ts', 'small.ts'])
    }
  })

  it.each(steps.slice(0, 4))('killed at %s, resumes and gives the same bytes', async (step) => {
    const folder = temporaryFolder()
    const running = start(['run', small, '--out', folder], slow)
    await running.saw({ raw: 'raw (1/5)', powered: 'powered (2/5)', mean: 'mean (3/5): 10%', double: 'mean (3/5): done' }[step]!)
    running.process.kill('SIGKILL')
    expect((await running.outcome).code).toBeNull()
    expect(existsSync(join(folder, 'run.json'))).toBe(false)
    const resumed = await reshore(['run', small, '--out', folder, '--json'])
    expect(resumed.code).toBe(0)
    if (step === 'mean') expect(JSON.parse(resumed.stdout)).toMatchObject({ reused: ['raw', 'powered'] })
    expect(fileHashes(folder)).toEqual(undisturbed)
  })

  it('killed at any moment, resumes and gives the same bytes', async () => {
    const folder = temporaryFolder()
    for (const milliseconds of [150, 300, 400, 450, 500, 550, 600, 700]) {
      const running = start(['run', small, '--out', folder], { SMALL_WAIT: '20' })
      await new Promise((resolve) => setTimeout(resolve, milliseconds))
      running.process.kill('SIGKILL')
      await running.outcome
    }
    expect((await reshore(['run', small, '--out', folder])).code).toBe(0)
    expect(fileHashes(folder)).toEqual(undisturbed)
  })

  it('is refused while another run holds the folder', async () => {
    const folder = temporaryFolder()
    const running = start(['run', small, '--out', folder], { SMALL_WAIT: '10000' })
    await running.saw('powered (2/5): done')
    const refused = await reshore(['run', small, '--out', folder, '--json'])
    expect(refused.code).toBe(1)
    expect(JSON.parse(refused.stdout)).toMatchObject({
      error: { name: 'RunLockedError', message: expect.stringContaining(String(running.process.pid)) },
    })
    running.process.kill('SIGKILL')
    await running.outcome
    expect((await reshore(['run', small, '--out', folder])).code).toBe(0)
    expect(fileHashes(folder)).toEqual(undisturbed)
  })

  it('leaves the finished run as it was when a step fails', async () => {
    const folder = finishedRun()
    const before = fileHashes(folder)
    const failed = await reshore(['run', small, '--out', folder, '--set', 'power=2', '--set', 'fail=true'])
    expect(failed.code).toBe(1)
    expect(failed.stderr).toContain('EmptySampleError: step mean: no rows are left\nLoosen the filter.')
    const after = fileHashes(folder)
    for (const [file, hash] of Object.entries(before)) expect([file, after[file]]).toEqual([file, hash])
    const resumed = await reshore(['run', small, '--out', folder, '--set', 'power=2', '--json'])
    expect(JSON.parse(resumed.stdout)).toMatchObject({ made: ['mean', 'double', 'page'], reused: ['raw', 'powered'] })
  })

  it('leaves the finished run as it was when the disk is full', async () => {
    const folder = finishedRun()
    const before = fileHashes(folder)
    // A limit on file size is as close to a full disk as a test without privileges comes.
    const { spawnSync } = await import('node:child_process')
    const command = `trap '' XFSZ; ulimit -f 4; exec ${process.execPath} ${join(root, 'dist/cli/main.js')} run ${small} --out ${folder} --set power=3`
    const failed = spawnSync('bash', ['-c', command], { cwd: root, encoding: 'utf8' })
    expect([failed.status, failed.stderr]).toEqual([1, expect.stringContaining('DiskFullError')])
    const after = fileHashes(folder)
    for (const [file, hash] of Object.entries(before)) expect([file, after[file]]).toEqual([file, hash])
    expect((await reshore(['run', small, '--out', folder, '--set', 'power=3'])).code).toBe(0)
  })
})

describe('reshore status', () => {
  const status = async (words: readonly string[]): Promise<Record<string, string>> => {
    const { stdout } = await reshore(['status', ...words, '--json'])
    const { steps: all } = JSON.parse(stdout) as { steps: { step: string; reasons: { kind: string; detail?: string }[] }[] }
    return Object.fromEntries(
      all.map(({ step, reasons }) => [
        step,
        reasons.map(({ kind, detail }) => (detail === undefined ? kind : `${kind}: ${detail}`)).join('; '),
      ]),
    )
  }
  const project = (): { file: string; out: string; folder: string } => {
    const folder = temporaryFolder()
    cpSync(join(root, 'test/e2e/pipelines'), folder, { recursive: true })
    return { folder, file: join(folder, 'small.ts'), out: join(folder, 'run') }
  }
  const edit = (file: string, from: string, to: string): void => writeFileSync(file, readFileSync(file, 'utf8').replace(from, to))

  it('says that nothing was run, and after a run that nothing is stale', async () => {
    const { file, out } = project()
    expect(await status([file, '--out', out])).toEqual({
      raw: 'never run',
      powered: 'never run; input: raw must run first',
      mean: 'never run; input: powered must run first',
      double: 'never run; input: mean must run first',
      page: 'never run; input: mean, double must run first',
    })
    expect(existsSync(out)).toBe(false)
    await reshore(['run', file, '--out', out])
    expect(await status([file, '--out', out])).toEqual({ raw: '', powered: '', mean: '', double: '', page: '' })
  })

  it('names input, option, code and altered output', async () => {
    const { file, out, folder } = project()
    await reshore(['run', file, '--out', out])
    expect(await status([file, '--out', out, '--set', 'power=2'])).toMatchObject({
      raw: '',
      powered: 'option: power (1 -> 2)',
      mean: 'input: powered must run first',
    })

    edit(join(folder, 'small.ts'), '2 * value', '3 * value')
    expect(await status([file, '--out', out])).toEqual({
      raw: '',
      powered: '',
      mean: '',
      double: "code: the step's function",
      page: 'input: double must run first',
    })

    edit(join(folder, 'small-mean.ts'), '/ values.length', '/ (values.length - 1)')
    expect(await status([file, '--out', out])).toMatchObject({ raw: 'code: the pipeline file outside its steps' })
    edit(join(folder, 'small-mean.ts'), '/ (values.length - 1)', '/ values.length')

    writeFileSync(join(folder, 'small-data/firms-a.csv'), 'firm,output\n1,1\n')
    expect(await status([file, '--out', out])).toMatchObject({ raw: 'input: firms-a.csv', powered: 'input: raw must run first' })
  })

  it('ignores comments and layout', async () => {
    const { file, out, folder } = project()
    await reshore(['run', file, '--out', out])
    edit(join(folder, 'small.ts'), 'const [first] = files.firms', '// the first file\n        const   [first]   =   files.firms')
    expect(await status([file, '--out', out])).toEqual({ raw: '', powered: '', mean: '', double: '', page: '' })
  })

  it('notices a damaged output, and run repairs it', async () => {
    const { file, out } = project()
    await reshore(['run', file, '--out', out])
    const before = fileHashes(out)
    const parquet = Object.keys(before).find((path) => path.includes('powered/') && path.endsWith('.parquet'))!
    writeFileSync(join(out, parquet), 'nonsense')
    expect(await status([file, '--out', out])).toMatchObject({ powered: 'output: firms.parquet is missing or was altered' })
    await reshore(['run', file, '--out', out])
    expect(fileHashes(out)).toEqual(before)
  })
})

describe('reshore report', () => {
  it('makes the page again from stored results, masked when asked', async () => {
    const folder = finishedRun()
    const before = fileHashes(folder)
    const page = readFileSync(join(folder, 'report.html'), 'utf8')
    expect(page).toContain('A few &#60;firms')
    expect(page).not.toMatch(/(src|href)="https?:/)
    rmSync(join(folder, 'report.html'))
    const { code, stdout } = await reshore(['report', folder, '--json'])
    expect([code, JSON.parse(stdout)]).toEqual([0, expect.objectContaining({ page: join(folder, 'report.html'), masked: null })])
    expect(fileHashes(folder)).toEqual(before)

    const masked = await reshore(['report', folder, '--min-cell', '5', '--json'])
    expect(JSON.parse(masked.stdout)).toMatchObject({ masked: { minCell: 5, cells: { primary: expect.any(Number) } } })
    expect(readFileSync(join(folder, 'tables/regions.csv'), 'utf8')).not.toMatch(/\b3\b/)
    const direct = temporaryFolder()
    await reshore(['run', small, '--out', direct, '--min-cell', '5'])
    expect(fileHashes(direct)).toEqual(fileHashes(folder))
  })

  it('says so where there is no run', async () => {
    const { code, stderr } = await reshore(['report', temporaryFolder()])
    expect([code, stderr]).toEqual([2, expect.stringContaining('RunRecordError: there is no finished run in')])
  })
})

describe('wrong use', () => {
  const failing = async (words: readonly string[]): Promise<[number | null, string]> => {
    const { code, stderr } = await reshore(words)
    expect(stderr).not.toMatch(/^\s+at /m)
    return [code, stderr]
  }

  it.each([
    [['run', 'nowhere.ts'], 2, 'PipelineError: there is no pipeline file'],
    [['run', small, '--data', '/nowhere'], 2, 'PipelineError: there is no data folder /nowhere'],
    [['run', small, '--set', 'powr=2'], 2, 'SettingError: there is no setting powr'],
    [['run', small, '--set', 'power=two'], 2, 'SettingError: setting power is `two`'],
    [['run', small, '--set', 'power'], 2, 'UsageError: --set is `power`'],
    [['run', small, '--threads', '0'], 2, 'UsageError: --threads is `0`'],
    [['run', small, '--memory', 'plenty'], 2, 'OptionError: memory is `plenty`'],
    [['run', small, '--force', 'maen'], 2, 'PipelineError: --force names maen'],
    [['run', small, '--out', '/dev/null/run'], 1, 'NotWritableError: cannot write to the run folder /dev/null/run'],
    [['rnu', small], 2, 'Did you mean run?'],
  ])('%j', async (words, code, message) => {
    const given = words.includes('--out') || words[0] !== 'run' ? words : [...words, '--out', join(temporaryFolder(), 'run')]
    expect(await failing(given)).toEqual([code, expect.stringContaining(message)])
  })

  it('names a missing raw file, a pipeline that cannot be compiled and one that exports nothing', async () => {
    const folder = temporaryFolder()
    mkdirSync(join(folder, 'empty'))
    expect(await failing(['run', small, '--data', join(folder, 'empty'), '--out', join(folder, 'run')])).toEqual([
      1,
      expect.stringContaining('MissingInputError: step raw reads firms'),
    ])
    writeFileSync(join(folder, 'broken.ts'), 'export default {')
    expect(await failing(['run', join(folder, 'broken.ts')])).toEqual([
      2,
      expect.stringContaining('PipelineError: broken.ts cannot be loaded'),
    ])
    writeFileSync(join(folder, 'other.ts'), 'export default 3')
    expect(await failing(['run', join(folder, 'other.ts')])).toEqual([2, expect.stringContaining('does not export a pipeline')])
    rmSync(folder, { recursive: true })
  })

  it('takes a closed pipe for what it is', async () => {
    const { spawnSync } = await import('node:child_process')
    const { status, stderr } = spawnSync(
      'bash',
      ['-c', `set -o pipefail; ${process.execPath} dist/cli/main.js --help | head -c 1`],
      { cwd: root, encoding: 'utf8' },
    )
    expect([status, stderr]).toEqual([0, ''])
  })
})
