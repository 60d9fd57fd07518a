import { fileURLToPath } from 'node:url'

/** The entry point of the server. */
export const mainProgram = fileURLToPath(new URL('../src/main.ts', import.meta.url))

/** The options with which Node runs the sources. */
export const sourceFlags = ['--conditions=pocket-source', '--disable-warning=ExperimentalWarning'] as const
