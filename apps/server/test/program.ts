import { fileURLToPath } from 'node:url'
import { type ProcessOptions, type RunningProcess, startProcess } from '@pocket/test-support'

/** The entry point of the server. */
export const mainProgram = fileURLToPath(new URL('../src/main.ts', import.meta.url))

/** The Node options for running the sources. */
export const sourceFlags = ['--conditions=pocket-source', '--disable-warning=ExperimentalWarning'] as const

/** Starts the server or a command from the sources. Disposal stops it without draining connections, which takes seconds. */
export function startProgram(
  args: readonly string[],
  options: ProcessOptions,
  nodeFlags: readonly string[] = [],
): Promise<RunningProcess> {
  return startProcess(process.execPath, [...sourceFlags, ...nodeFlags, mainProgram, ...args], {
    stopSignal: 'SIGINT',
    ...options,
  })
}
