/** `npm run bench -- NAME`: runs `test/bench/NAME.bench.ts`, which exports `run()` and prints a table; without NAME, all of them. */
import { readdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildKernels } from '../../scripts/kernels.mjs'

const names = readdirSync(dirname(fileURLToPath(import.meta.url)))
  .filter((file) => file.endsWith('.bench.ts'))
  .map((file) => file.replace('.bench.ts', ''))
const asked = process.argv.slice(2)
const unknown = asked.filter((name) => !names.includes(name))

if (unknown.length > 0) {
  console.error(`No benchmark ${unknown.join(', ')}. There are: ${names.join(', ')}.`)
  process.exitCode = 2
} else {
  buildKernels()
  for (const name of asked.length > 0 ? asked : names) {
    const { run } = (await import(`./${name}.bench.ts`)) as { run: () => Promise<void> | void }
    await run()
  }
}
