import { writeFileSync } from 'node:fs'
import { Session } from 'node:inspector/promises'
import { join } from 'node:path'

// Loaded into a measured process: each SIGUSR2 starts a CPU profile or writes it to `PROFILE`.

const session = new Session()
session.connect()
await session.post('Profiler.enable')
let number = 0
let isRunning = false
process.on('SIGUSR2', async () => {
  isRunning = !isRunning
  if (isRunning) return session.post('Profiler.start')
  const { profile } = await session.post('Profiler.stop')
  const name = `${process.pid}-${String(number++).padStart(3, '0')}.cpuprofile`
  writeFileSync(join(process.env.PROFILE ?? '.', name), JSON.stringify(profile))
})
