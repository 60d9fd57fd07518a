import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { waitTimeout } from '@pocket/test-support'

/** The result of a test process. */
export interface EndedProcess {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly lines: readonly string[]
  readonly errors: string
}

/** Runs programs of this folder concurrently: each prints `ready` and starts when all are ready. */
export async function runTogether(program: string, runs: readonly (readonly string[])[]): Promise<EndedProcess[]> {
  const processes = runs.map((args) => start(program, args))
  await Promise.race([Promise.all(processes.map(({ ready }) => ready)), Promise.all(processes.map(({ end }) => end))])
  for (const { child } of processes) child.stdin.end('go\n')
  return Promise.all(processes.map(({ end }) => end))
}

interface StartedProcess {
  readonly child: ChildProcessWithoutNullStreams
  readonly ready: Promise<void>
  readonly end: Promise<EndedProcess>
}

function start(program: string, args: readonly string[]): StartedProcess {
  const path = fileURLToPath(new URL(program, import.meta.url))
  const flags = ['--conditions=pocket-source', '--experimental-strip-types', '--disable-warning=ExperimentalWarning']
  // A process that does not exit would keep the test run alive.
  const limits = { timeout: waitTimeout, killSignal: 'SIGKILL' } as const
  const child = spawn(process.execPath, [...flags, path, ...args], limits)
  const lines: string[] = []
  let errors = ''
  child.stderr.on('data', (chunk: Buffer) => {
    errors += chunk.toString()
  })
  const output = createInterface(child.stdout)
  const ready = new Promise<void>((resolve) => {
    output.on('line', (line) => {
      if (line === 'ready') resolve()
      else lines.push(line)
    })
  })
  const end = once(child, 'close').then(() => ({ code: child.exitCode, signal: child.signalCode, lines, errors }))
  return { child, ready, end }
}
