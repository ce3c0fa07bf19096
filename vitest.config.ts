import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const source = (path: string) => fileURLToPath(new URL(path, import.meta.url))

export default defineConfig({
  resolve: {
    alias: [
      { find: /^reshore$/, replacement: source('./src/index.ts') },
      { find: /^reshore\/sourcing$/, replacement: source('./src/sourcing/index.ts') },
    ],
  },
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['./scripts/kernels.mjs'],
    typecheck: { enabled: false },
    testTimeout: 60_000,
    hookTimeout: 120_000,
    pool: 'forks',
    // Files share the modules they load: no test changes a module, and loading them anew for each file took a third of the time.
    isolate: false,
    maxWorkers: 2,
  },
})
