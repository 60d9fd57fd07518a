import { type ChildProcess, spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { createServer, Socket } from 'node:net'
import { type RunningProcess, WatchedProcess } from './watched-process.ts'

export interface ProcessOptions {
  /**
   * The complete environment of the process. Only `PATH`, `HOME`, `TMPDIR` and `NODE_COMPILE_CACHE` are inherited unless
   * given here, so that a developer's shell cannot affect a test.
   */
  readonly env?: Readonly<Record<string, string>>
  /** Its working directory. Default: the current one. */
  readonly cwd?: string
  /** Matches the line on standard output or standard error that signals readiness. Default: ready immediately. */
  readonly readyWhen?: RegExp
  /** The signal that disposal sends. Default: `SIGTERM`. */
  readonly stopSignal?: NodeJS.Signals
}

/**
 * Starts a process and waits until it is ready. It ends with the test run, even if that is killed, and does not keep it
 * alive.
 *
 * @throws Error with all its output if the program cannot be started, exits before it is ready, or times out.
 */
export async function startProcess(
  command: string,
  args: readonly string[],
  options: ProcessOptions = {},
): Promise<RunningProcess> {
  const child = spawn(command, args, {
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    env: { ...inheritedEnvironment(), ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
    // Its own process group, so that disposal also ends its child processes.
    detached: true,
  })
  await once(child, 'spawn')
  // A leftover process must not keep the test run alive.
  child.unref()
  for (const output of [child.stdout, child.stderr]) if (output instanceof Socket) output.unref()
  const running = new WatchedProcess(child, startGroupGuard(child), options.stopSignal)
  if (options.readyWhen === undefined) return running
  try {
    running.ready = await running.waitForOutput(options.readyWhen)
    return running
  } catch (error) {
    await running[Symbol.asyncDispose]()
    throw error
  }
}

/** Below the ephemeral ports that systems assign, which are reused at any time. */
const ports = { first: 12_000, end: 32_000 } as const
/** Each worker of Jest has its own ports, because another one could start a server before the caller does. */
const portsPerWorker = 2_500
const firstPort = ports.first + ((Number(process.env.JEST_WORKER_ID ?? 0) * portsPerWorker) % (ports.end - ports.first))

/** A TCP port of 127.0.0.1 that was free a moment ago. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(firstPort, firstPort + portsPerWorker)
    const server = createServer().listen(port, '127.0.0.1')
    const isFree = await once(server, 'listening').then(
      () => true,
      () => false,
    )
    if (!isFree) continue
    server.close()
    await once(server, 'close')
    return port
  }
}

function inheritedEnvironment(): Record<string, string> {
  const entries = ['PATH', 'HOME', 'TMPDIR', 'NODE_COMPILE_CACHE'].map((name) => [name, process.env[name]] as const)
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => entry[1] !== undefined))
}

/**
 * Ends the child's process group when this process exits for any reason: the guard reads a pipe that only this process holds
 * open, so it detects even SIGKILL. Returns a function that releases the guard.
 */
function startGroupGuard(child: ChildProcess): () => void {
  const script = 'read -r word; [ "$word" = ended ] || kill -s TERM -- "-$1"'
  const guard = spawn('/bin/sh', ['-c', script, 'guard', String(child.pid)], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  })
  guard.unref()
  return () => guard.stdin.end('ended\n')
}
