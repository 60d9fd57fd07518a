import type { ChildProcessByStdio } from 'node:child_process'
import { constants } from 'node:os'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { waitTimeout } from './timeouts.ts'

/** A process started by a test. Disposal ends it with all its child processes. */
export interface RunningProcess extends AsyncDisposable {
  readonly pid: number
  /** The match of `readyWhen` with its groups. Empty without a `readyWhen`. */
  readonly ready: readonly string[]
  /**
   * Resolves when the process has exited and all output has arrived, with the exit code, or with 128 + the signal's number,
   * as in a shell.
   */
  readonly exit: Promise<number>
  /** All lines written so far to standard output and standard error. */
  output(): string
  /**
   * Waits for a line of output, past or future.
   *
   * @throws Error with all the output if the process exits or `waitTimeout` passes first.
   */
  waitForOutput(line: RegExp): Promise<readonly string[]>
  /** Sends a signal (default `SIGTERM`) to the process itself; await {@link RunningProcess.exit} for its exit. */
  kill(signal?: NodeJS.Signals): void
}

const killTimeout = 5_000

interface Waiter {
  readonly line: RegExp
  readonly resolve: (match: readonly string[]) => void
  readonly reject: (error: Error) => void
}

/** A child process whose output lines are stored and can be awaited. */
export class WatchedProcess implements RunningProcess {
  readonly exit: Promise<number>
  ready: readonly string[] = []
  readonly #stopSignal: NodeJS.Signals
  readonly #child: ChildProcessByStdio<null, Readable, Readable>
  readonly #lines: string[] = []
  readonly #waiters = new Set<Waiter>()
  #endReason: string | undefined

  /**
   * @param child - A spawned child process that leads its process group.
   * @param onExit - Called once, when it has exited.
   * @param stopSignal - The signal that disposal sends.
   */
  constructor(
    child: ChildProcessByStdio<null, Readable, Readable>,
    onExit: () => void,
    stopSignal: NodeJS.Signals = 'SIGTERM',
  ) {
    this.#child = child
    this.#stopSignal = stopSignal
    for (const input of [child.stdout, child.stderr]) {
      createInterface({ input }).on('line', (line) => this.#addLine(line))
    }
    this.exit = new Promise((resolve) => {
      child.once('close', (code, signal) => {
        onExit()
        this.#rejectWaiters(signal === null ? `ended with exit code ${code}` : `was ended by ${signal}`)
        resolve(signal === null ? (code ?? 0) : 128 + constants.signals[signal])
      })
    })
  }

  get pid(): number {
    if (this.#child.pid === undefined) throw new Error('the process was not started')
    return this.#child.pid
  }

  output(): string {
    return this.#lines.join('\n')
  }

  waitForOutput(line: RegExp): Promise<readonly string[]> {
    const pastMatch = this.#lines.map((pastLine) => pastLine.match(line)).find((match) => match !== null)
    if (pastMatch) return Promise.resolve([...pastMatch])
    if (this.#endReason !== undefined) return Promise.reject(this.#unmatchedError(line, this.#endReason))
    return new Promise((resolve, reject) => {
      const waiter = {
        line,
        resolve: (match: readonly string[]) => finish(() => resolve(match)),
        reject: (error: Error) => finish(() => reject(error)),
      }
      const timer = setTimeout(
        () => waiter.reject(this.#unmatchedError(line, `timed out in ${waitTimeout} ms`)),
        waitTimeout,
      )
      const finish = (callback: () => void): void => {
        clearTimeout(timer)
        this.#waiters.delete(waiter)
        callback()
      }
      this.#waiters.add(waiter)
    })
  }

  kill(signal: NodeJS.Signals = 'SIGTERM'): void {
    this.#child.kill(signal)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#endReason !== undefined) return
    // It no longer keeps this process alive, which now waits for it.
    this.#child.ref()
    this.#signalGroup(this.#stopSignal)
    const timer = setTimeout(() => this.#signalGroup('SIGKILL'), killTimeout)
    await this.exit
    clearTimeout(timer)
  }

  #addLine(line: string): void {
    this.#lines.push(line)
    for (const waiter of this.#waiters) {
      const match = line.match(waiter.line)
      if (match) waiter.resolve([...match])
    }
  }

  #rejectWaiters(endReason: string): void {
    this.#endReason = endReason
    for (const waiter of this.#waiters) waiter.reject(this.#unmatchedError(waiter.line, endReason))
  }

  #unmatchedError(line: RegExp, endReason: string): Error {
    return new Error(`the process ${endReason} before a line matched ${line}; its output:\n${this.output()}`)
  }

  #signalGroup(signal: NodeJS.Signals): void {
    try {
      process.kill(-this.pid, signal)
    } catch (error) {
      if (!isNoSuchProcess(error)) throw error
    }
  }
}

// The process has just exited, as intended. Not by instanceof: inside jest an error of Node is of another realm.
function isNoSuchProcess(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === 'ESRCH'
}
