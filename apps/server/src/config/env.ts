import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ConfigurationError } from '@pocket/core/errors'
import { parse } from 'dotenv'
import { codeOf, messageOf } from '../logging/failure.ts'
import type { Environment } from './reader.ts'

/**
 * The environment of this process, extended by the `.env` file of a folder. Variables that are already set take precedence;
 * empty ones count as unset.
 *
 * @throws {ConfigurationError} if the file exists but cannot be read
 */
export function readEnvironment(folder: string = process.cwd()): Environment {
  const set = Object.entries(process.env).filter(([, value]) => value !== '')
  return { ...readDotEnv(join(folder, '.env')), ...Object.fromEntries(set) }
}

function readDotEnv(path: string): Environment {
  try {
    return parse(readFileSync(path))
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') return {}
    throw new ConfigurationError(`The file ${path} cannot be read (${messageOf(cause)}).`, {
      cause,
    })
  }
}
