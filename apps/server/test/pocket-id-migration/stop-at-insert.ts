import { existsSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import { Database } from '@pocket/core/internal/sql'

// Loaded before the program: at the first insert into the table that STOP_AT names it waits until the file RESUME_FILE
// exists, sends STOP_SIGNAL to the program once, or ends it like a power failure.

const { STOP_AT, RESUME_FILE } = process.env
let signal = process.env.STOP_SIGNAL ?? 'SIGKILL'
const { execute } = Database.prototype
Database.prototype.execute = async function (this: Database, ...args: Parameters<typeof execute>) {
  if (args[0].startsWith(`INSERT INTO "${STOP_AT}"`)) {
    if (RESUME_FILE !== undefined) while (!existsSync(RESUME_FILE)) await setTimeout(20)
    else if (signal !== '') process.kill(process.pid, signal)
    signal = ''
  }
  return execute.apply(this, args)
}
