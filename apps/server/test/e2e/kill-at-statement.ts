import { Database } from '@pocket/core/internal/sql'

// Loaded before the program. After SIGUSR2, once the initial jobs are done, it counts the statements that write to the database.
// It ends the process before the statement number KILL_AT, like a power failure. Read statements are not counted, because a
// crash before one leaves the same state as a crash before the next write.

const killAt = Number(process.env.KILL_AT)
/** Milliseconds without a statement after which the jobs count as done. */
const quiet = 150
let armed = false
let count = 0
let lastAt = 0

process.on('SIGUSR2', () => {
  const look = setInterval(() => {
    if (performance.now() - lastAt < quiet) return
    clearInterval(look)
    armed = true
    count = 0
    process.stdout.write('armed\n')
  }, 20)
})

function countStatement(sql: string): void {
  lastAt = performance.now()
  if (armed && !/^\s*select\b/i.test(sql) && ++count === killAt) process.kill(process.pid, 'SIGKILL')
}

const { query, execute } = Database.prototype
Database.prototype.query = function <Row extends object>(this: Database, ...args: Parameters<typeof query>) {
  countStatement(args[0])
  return query.apply(this, args) as Promise<readonly Row[]>
}
Database.prototype.execute = function (this: Database, ...args: Parameters<typeof execute>) {
  countStatement(args[0])
  return execute.apply(this, args)
}
