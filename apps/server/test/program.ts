import { globSync, statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type ProcessOptions, type RunningProcess, startProcess } from '@pocket/test-support'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const bundle = fileURLToPath(new URL('../dist/main.js', import.meta.url))
const sources = fileURLToPath(new URL('../src/main.ts', import.meta.url))

/** The Node options for running the sources. */
export const sourceFlags = ['--conditions=pocket-source', '--disable-warning=ExperimentalWarning'] as const

/** The arguments of Node for the program: its bundle, which starts in half the time, unless a source file is newer. */
export const programArgs: readonly string[] = isBundleCurrent()
  ? ['--disable-warning=ExperimentalWarning', bundle]
  : [...sourceFlags, sources]

/**
 * Starts the server or a command. Disposal stops it without draining connections, which takes seconds.
 *
 * @param preload - Node options that load a module before the program, which then runs from the sources.
 */
export function startProgram(
  args: readonly string[],
  options: ProcessOptions,
  preload: readonly string[] = [],
): Promise<RunningProcess> {
  const program = preload.length === 0 ? programArgs : [...sourceFlags, ...preload, sources]
  return startProcess(process.execPath, [...program, ...args], { stopSignal: 'SIGINT', ...options })
}

function isBundleCurrent(): boolean {
  const built = statSync(bundle, { throwIfNoEntry: false })
  const files = globSync('{apps/server,packages/core,packages/directory}/src/**/*.ts', { cwd: root })
  return built !== undefined && files.every((file) => statSync(`${root}/${file}`).mtimeMs < built.mtimeMs)
}
