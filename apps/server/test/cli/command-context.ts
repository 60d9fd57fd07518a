import { PassThrough, Readable } from 'node:stream'
import type { CommandContext } from '../../src/cli/command.ts'
import { loadConfig } from '../../src/composition/config.ts'
import { createLogger } from '../../src/logging/logger.ts'

/** The context of a command without a terminal and without an instance. */
export function commandContext(changes: Partial<CommandContext>): CommandContext {
  return {
    version: '1.2.3',
    readConfig: () => loadConfig({}, () => Buffer.alloc(0)),
    createApp: () => Promise.reject(new Error('The command starts no instance.')),
    createLogger,
    print: () => undefined,
    confirm: async () => undefined,
    ask: async () => undefined,
    askSecret: async () => undefined,
    stdin: Readable.from([]),
    stdout: new PassThrough(),
    printError: () => undefined,
    showProgress: () => undefined,
    stop: new AbortController().signal,
    ...changes,
  }
}
