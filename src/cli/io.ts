/**
 * What a command writes to. Standard output carries the result and nothing else: text, or with `--json` exactly one JSON
 * document. Notes, warnings and progress go to standard error: a bar on a terminal, plain lines elsewhere, nothing with
 * `--quiet`.
 */

/** The part of a stream the command line needs; tests pass an array behind it. */
export interface Output {
  write(text: string): unknown
  readonly isTTY?: boolean
  readonly columns?: number
}

/** One running piece of work. `update` may be called often; it prints only what the stream can carry. */
export interface Progress {
  /** `fraction` in [0, 1]. */
  update(fraction: number, detail?: string): void
  /** Ends it with what came out. */
  done(outcome?: string): void
}

export interface CommandIo {
  readonly json: boolean
  readonly quiet: boolean
  /** Prints the one result: `document` as JSON with `--json`, `text()` otherwise. */
  result(document: unknown, text: () => string): void
  /** One line to standard error unless `--quiet`. */
  note(text: string): void
  progress(label: string): Progress
}

export interface IoOptions {
  readonly json: boolean
  readonly quiet: boolean
  readonly stdout: Output
  readonly stderr: Output
}

const barWidth = 24
/** Lines off a terminal: at most one per tenth of the work. */
const plainSteps = 10

/** A `CommandIo` on two streams. */
export function createIo({ json, quiet, stdout, stderr }: IoOptions): CommandIo {
  return {
    json,
    quiet,
    result(document, text) {
      stdout.write(json ? `${toJson(document)}\n` : `${text().replace(/\n$/, '')}\n`)
    },
    note(text) {
      if (!quiet) stderr.write(`${text}\n`)
    },
    progress(label) {
      if (quiet) return { update() {}, done() {} }
      return stderr.isTTY ? barProgress(label, stderr) : plainProgress(label, stderr)
    },
  }
}

/**
 * JSON text of a record: typed arrays become arrays, big integers numbers, and numbers keep all 17 digits. JSON has no
 * infinity: ±Infinity (degrees of freedom of a normal reference, an open end) is null.
 */
export function toJson(document: unknown): string {
  return JSON.stringify(document, (_, value: unknown) => {
    if (typeof value === 'bigint') return Number(value)
    return ArrayBuffer.isView(value) && !(value instanceof DataView) ? Array.from(value as unknown as ArrayLike<number>) : value
  })
}

function barProgress(label: string, stream: Output): Progress {
  const started = Date.now()
  let shown = ''
  const show = (text: string): void => {
    const line = text.slice(0, (stream.columns ?? 100) - 1)
    if (line === shown) return
    stream.write(`\r\u001b[2K${line}`)
    shown = line
  }
  show(label)
  return {
    update(fraction, detail = '') {
      const filled = Math.round(barWidth * Math.min(1, Math.max(0, fraction)))
      show(`${label} ${'█'.repeat(filled)}${'░'.repeat(barWidth - filled)} ${Math.round(100 * fraction)}% ${detail}`)
    },
    done(outcome = 'done') {
      show(`${label}: ${outcome} (${seconds(started)})`)
      stream.write('\n')
    },
  }
}

function plainProgress(label: string, stream: Output): Progress {
  const started = Date.now()
  let printed = 0
  return {
    update(fraction, detail = '') {
      const step = Math.floor(fraction * plainSteps)
      if (step <= printed || step >= plainSteps) return
      printed = step
      stream.write(`${label}: ${Math.round(100 * fraction)}% ${detail}`.trimEnd() + '\n')
    },
    done(outcome = 'done') {
      stream.write(`${label}: ${outcome} (${seconds(started)})\n`)
    },
  }
}

function seconds(started: number): string {
  return `${((Date.now() - started) / 1000).toFixed(1)} s`
}
