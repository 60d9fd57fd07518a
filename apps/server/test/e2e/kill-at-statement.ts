import { subscribe } from 'node:diagnostics_channel'

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

subscribe('tracing:pocket:statement:start', (message) => {
  lastAt = performance.now()
  // Only the publisher knows the type of its messages.
  const { sql } = message as { readonly sql: string }
  if (armed && !/^\s*select\b/i.test(sql) && ++count === killAt) process.kill(process.pid, 'SIGKILL')
})
