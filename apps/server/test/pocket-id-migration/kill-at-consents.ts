import { Database } from '@pocket/core/internal/sql'

// Loaded before the program: ends it, like a power failure, when it has written the people and clients of a migration.

const { execute } = Database.prototype
Database.prototype.execute = function (this: Database, ...args: Parameters<typeof execute>) {
  if (args[0].startsWith('INSERT INTO "pocket_consent"')) process.kill(process.pid, 'SIGKILL')
  return execute.apply(this, args)
}
