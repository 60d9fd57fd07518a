import { existsSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import { Database } from '@pocket/core/internal/sql'

// Loaded before the program: at the first insert into the table that STOP_AT names it waits until the file RESUME_FILE
// exists, or ends the program like a power failure.

const { STOP_AT, RESUME_FILE } = process.env
const { execute } = Database.prototype
Database.prototype.execute = async function (this: Database, ...args: Parameters<typeof execute>) {
  if (args[0].startsWith(`INSERT INTO "${STOP_AT}"`)) {
    if (RESUME_FILE === undefined) process.kill(process.pid, 'SIGKILL')
    else while (!existsSync(RESUME_FILE)) await setTimeout(20)
  }
  return execute.apply(this, args)
}
