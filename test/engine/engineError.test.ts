/** Words of the database as errors of ours. */
import { expect, it } from 'vitest'
import { engineError } from '../../src/engine/engineError.js'

it.each(['No space left on device', 'File too large', 'Disk quota exceeded'])('a write that ends in "%s" is a full disk, not a question of permissions', (why) => {
  expect(engineError(new Error(`IO Error: Could not write file "table.parquet.partial": ${why}`), 'links')).toMatchObject({ name: 'DiskFullError' })
})
