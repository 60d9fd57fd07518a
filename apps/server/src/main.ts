#!/usr/bin/env node
import cluster from 'node:cluster'
import { createInterface } from 'node:readline/promises'
import { run } from './cli/run.ts'
import { readConfig } from './composition/config.ts'
import { batchLines } from './logging/batch-lines.ts'
import { codeOf } from './logging/failure.ts'
import { createLogger } from './logging/logger.ts'
import { serverVersion } from './version/version.ts'

// The program entry point: argv -> command -> exit code. Nothing else sets the exit code.

const stop = new AbortController()
// The second signal finds no listener and ends the process immediately.
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => stop.abort(new DOMException(signal, 'AbortError')))

const args = process.argv.slice(2)

// A log write error must not end the server; a command that cannot write its output has failed.
for (const output of [process.stdout, process.stderr])
  output.on('error', (error) => {
    if (args.length > 0 && codeOf(error) !== 'EPIPE') process.exitCode = 1
  })

const exitCode = await run(args, {
  version: serverVersion(),
  readConfig,
  // The standard output of a command is its result, which programs read.
  createLogger: (config) =>
    args.length === 0 ? createLogger(config, process.stdout, batchLines) : createLogger(config, process.stderr),
  // The server is loaded only by the commands that need it, because loading it takes most of the start-up time.
  createApp: async (config, logger, stop) => (await import('./app.ts')).createApp(config, logger, stop),
  showProgress,
  print: (line) => process.stdout.write(`${line}\n`),
  confirm,
  ask,
  askSecret,
  stdin: process.stdin,
  stdout: process.stdout,
  printError: (line) => process.stderr.write(`${line}\n`),
  stop: stop.signal,
})
if (exitCode !== 0) process.exitCode = exitCode
// The channel to the primary process would keep this process alive.
cluster.worker?.disconnect()
// So would an export to a collector that does not answer.
if (args.length === 0) setTimeout(() => process.exit(), 500).unref()

function showProgress(line: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001B[K${line}`)
}

async function confirm(question: string): Promise<boolean | undefined> {
  const answer = await ask(`${question} [y/N] `)
  return answer === undefined ? undefined : /^y(es)?$/i.test(answer)
}

async function ask(question: string): Promise<string | undefined> {
  if (!process.stdin.isTTY) return undefined
  showProgress('')
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  try {
    return (await terminal.question(question, { signal: stop.signal })).trim()
  } finally {
    terminal.close()
  }
}

async function askSecret(question: string): Promise<string | undefined> {
  if (!process.stdin.isTTY) return undefined
  showProgress('')
  process.stderr.write(question)
  // Without an output the terminal does not echo the input.
  const terminal = createInterface({ input: process.stdin, terminal: true })
  try {
    return await terminal.question('', { signal: stop.signal })
  } finally {
    terminal.close()
    process.stderr.write('\n')
  }
}
