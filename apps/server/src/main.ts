#!/usr/bin/env node
import { readFileSync } from 'node:fs'
import { run } from './cli/run.ts'
import { readConfig } from './config/env.ts'
import { codeOf } from './logging/failure.ts'
import { createLogger } from './logging/logger.ts'

// A program: argv -> command -> exit code. Nothing else sets the exit code.

const stop = new AbortController()
// The second signal finds no listener and ends the process at once.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort())

// Whoever reads what is printed may have had enough of it.
process.stdout.on('error', (error) => {
  if (codeOf(error) !== 'EPIPE') throw error
})

process.exitCode = await run(process.argv.slice(2), {
  version: ownVersion(),
  readConfig,
  createLogger,
  // The program is loaded only by the commands that need it: most of the start goes into that.
  createApp: async (config, logger, stop) => (await import('./app.ts')).createApp(config, logger, stop),
  print: (line) => process.stdout.write(`${line}\n`),
  complain: (line) => process.stderr.write(`${line}\n`),
  stop: stop.signal,
})

function ownVersion(): string {
  const { version }: { readonly version: string } = JSON.parse(
    readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
  )
  return version
}
