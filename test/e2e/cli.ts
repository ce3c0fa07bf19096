/** The real command line in its own process, and the files of a run folder. */
import { spawn, type ChildProcess } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('../..', import.meta.url))
const main = join(root, 'dist/cli/main.js')

export interface Outcome {
  /** null when it was killed. */
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface RunningCommand {
  readonly process: ChildProcess
  readonly outcome: Promise<Outcome>
  /** Resolves when standard error holds a text. */
  saw(text: string): Promise<void>
}

/** Starts `reshore …words`. */
export function start(words: readonly string[], env: Readonly<Record<string, string>> = {}): RunningCommand {
  if (!existsSync(main)) throw new Error('dist/ is missing: run npm run build before the end-to-end tests')
  const child = spawn(process.execPath, [main, ...words], { cwd: root, env: { ...process.env, ...env } })
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString('utf8')))
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString('utf8')))
  const outcome = new Promise<Outcome>((resolve) => child.once('close', (code) => resolve({ code, stdout, stderr })))
  return {
    process: child,
    outcome,
    saw: (text) =>
      new Promise((resolve, reject) => {
        const look = (): void => (stderr.includes(text) ? resolve() : undefined)
        look()
        child.stderr.on('data', look)
        child.once('close', () => (stderr.includes(text) ? resolve() : reject(new Error(`ended without "${text}":\n${stderr}`))))
      }),
  }
}

/** Runs `reshore …words` to its end. */
export function reshore(words: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Outcome> {
  return start(words, env).outcome
}

/** A fresh folder below the system's temporary one. */
export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), 'reshore-test-'))
}

/** Every file below a folder with the hash of its bytes; of `run.json` everything but its times. */
export function fileHashes(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  return Object.fromEntries(
    files
      .map((entry) => join(entry.parentPath, entry.name))
      .sort()
      .map((path) => [relative(folder, path), createHash('sha256').update(contents(path)).digest('hex')]),
  )
}

function contents(path: string): string | Buffer {
  if (!path.endsWith('/run.json')) return readFileSync(path)
  const { times: _, ...rest } = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>
  return JSON.stringify(rest)
}
