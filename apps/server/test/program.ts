import { fileURLToPath } from 'node:url'

/** The entry point of the server. */
export const mainProgram = fileURLToPath(new URL('../src/main.ts', import.meta.url))

/** The Node options for running the sources. */
export const sourceFlags = ['--conditions=pocket-source', '--disable-warning=ExperimentalWarning'] as const
