import { Database } from '@pocket/core/internal/sql'

// Loaded before the program: ends it, like a power failure, at the first insert into the table that KILL_AT names.

const { execute } = Database.prototype
Database.prototype.execute = function (this: Database, ...args: Parameters<typeof execute>) {
  if (args[0].startsWith(`INSERT INTO "${process.env.KILL_AT}"`)) process.kill(process.pid, 'SIGKILL')
  return execute.apply(this, args)
}
