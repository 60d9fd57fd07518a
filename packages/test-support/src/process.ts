import { type ChildProcess, spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { createServer, Socket } from 'node:net'
import { type RunningProcess, WatchedProcess } from './watched-process.ts'

/** How {@link startProcess} starts a process. */
export interface ProcessOptions {
  /**
   * The whole environment of the process. Only `PATH`, `HOME`, `TMPDIR` and `NODE_COMPILE_CACHE` are inherited, and only
   * where they are not named here, so that a variable of the developer's shell cannot decide a test.
   */
  readonly env?: Readonly<Record<string, string>>
  /** Its working directory. Default: the one of the test run. */
  readonly cwd?: string
  /** The line of output, on standard output or standard error, that says it is ready. Default: it is ready at once. */
  readonly readyWhen?: RegExp
  /** Milliseconds to wait for that line. Default: `waitTimeout`. */
  readonly readyTimeout?: number
}

/**
 * Starts a process and waits until it says that it is ready. It does not outlive the test run, even if that is killed,
 * and does not keep it alive.
 *
 * @throws Error with all its output, when the program cannot be started, ends before it is ready or takes too long.
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
    // A process group of its own, so that disposal reaches the processes that it starts.
    detached: true,
  })
  await once(child, 'spawn')
  // One that is left over must not keep the test run alive, which would wait for it without end.
  child.unref()
  for (const output of [child.stdout, child.stderr]) if (output instanceof Socket) output.unref()
  const running = new WatchedProcess(child, guardGroup(child))
  if (options.readyWhen === undefined) return running
  try {
    running.ready = await running.waitForOutput(options.readyWhen, options.readyTimeout)
    return running
  } catch (error) {
    await running[Symbol.asyncDispose]()
    throw error
  }
}

/** Below the ports that systems give to outgoing connections and to servers that ask for any port: those come and go. */
const ports = { first: 12_000, end: 32_000 } as const

/** A TCP port of 127.0.0.1 that was free a moment ago. Nobody gets it by chance but another caller of this function. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(ports.first, ports.end)
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
 * Ends the child's process group when this process is gone, however it went: the guard reads a pipe that only this
 * process holds open, so even SIGKILL reaches it. Answers with the function that lets the guard go.
 */
function guardGroup(child: ChildProcess): () => void {
  const script = 'read -r word; [ "$word" = ended ] || kill -s TERM -- "-$1"'
  const guard = spawn('/bin/sh', ['-c', script, 'guard', String(child.pid)], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  })
  guard.unref()
  return () => guard.stdin.end('ended\n')
}
