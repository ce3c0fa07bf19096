#!/usr/bin/env node
/** The `reshore` executable: the process's streams and exit code around `dispatch`. */
import { dispatch } from './dispatch.js'

/** A reader that has left (`reshore … | head`) is no failure. */
function leaveQuietlyOnClosedPipe(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') process.exit(0)
      throw error
    })
  }
}

leaveQuietlyOnClosedPipe()
const exitCode = await dispatch(process.argv.slice(2), process.stdout, process.stderr)
// Worker threads and database handles must not keep a finished command alive; what is written must be out before we go.
process.stdout.write('', () => process.stderr.write('', () => process.exit(exitCode)))
