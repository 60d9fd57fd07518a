import { messageOf } from '../logging/failure.ts'
import { InvalidValueError, type RawValue, type Variable } from './variable.ts'

/** Environment variables, or a substitute in tests. */
export type Environment = Readonly<Record<string, string | undefined>>

/** Reads a whole file. @throws file system errors */
export type ReadFile = (path: string) => Buffer

export interface Problem {
  readonly variable: string
  readonly reason: string
  readonly remedy: string
}

/** Reads variables and collects all problems, so that they can be reported together. */
export class Reader {
  readonly problems: Problem[] = []
  readonly warnings: string[] = []
  readonly #environment: Environment
  readonly #readFile: ReadFile

  constructor(environment: Environment, readFile: ReadFile) {
    this.#environment = environment
    this.#readFile = readFile
  }

  /** The value, or `undefined` if the variable is unset, empty or invalid. */
  read<T>(variable: Variable<T>): T | undefined {
    return this.attempt(variable.name, () => {
      const value = variable.secret ? this.#readSecret(variable.name) : this.#readText(variable.name)
      return value && variable.parse(value)
    })
  }

  isSet({ name, secret }: Variable<unknown>): boolean {
    return this.#text(name) !== undefined || (secret === true && this.#text(fileVariable(name)) !== undefined)
  }

  fileOf({ name }: Variable<unknown>): string | undefined {
    return this.#text(fileVariable(name))
  }

  /** Runs `action` and records an invalid value as a problem. */
  attempt<T>(variable: string, action: () => T): T | undefined {
    try {
      return action()
    } catch (error) {
      if (!(error instanceof InvalidValueError)) throw error
      this.problems.push({ variable, reason: error.message, remedy: error.remedy })
      return undefined
    }
  }

  #text(name: string): string | undefined {
    // Compose files pass unset variables as empty strings.
    return this.#environment[name] === '' ? undefined : this.#environment[name]
  }

  #readText(name: string): RawValue | undefined {
    const text = this.#text(name)?.trim()
    return text ? { text, bytes: Buffer.from(text) } : undefined
  }

  #readSecret(name: string): RawValue | undefined {
    const text = this.#text(name)
    const path = this.#text(fileVariable(name))
    const fromEnvironment = text === undefined ? undefined : Buffer.from(text)
    const bytes = path === undefined ? fromEnvironment : this.#readSecretFile(name, path)
    if (bytes === undefined) return undefined
    if (fromEnvironment !== undefined && !fromEnvironment.equals(bytes))
      throw new InvalidValueError(
        `it is set, and ${fileVariable(name)} names a file with another value`,
        `Remove ${name} or ${fileVariable(name)}.`,
      )
    return { text: bytes.toString('utf8'), bytes }
  }

  #readSecretFile(name: string, path: string): Buffer {
    const bytes = trimLineBreak(this.#contentOf(name, path))
    if (bytes.length === 0)
      throw new InvalidValueError(
        `${fileVariable(name)} names "${path}", which is empty`,
        'Write the value into this file.',
      )
    return bytes
  }

  #contentOf(name: string, path: string): Buffer {
    try {
      return this.#readFile(path)
    } catch (error) {
      throw new InvalidValueError(
        `${fileVariable(name)} names "${path}", which cannot be read (${messageOf(error)})`,
        'Name an existing file that this server can read.',
      )
    }
  }
}

export function fileVariable(name: string): string {
  return `${name}_FILE`
}

/** Removes one trailing line break, which editors and `echo` add; all other bytes belong to the value. */
function trimLineBreak(bytes: Buffer): Buffer {
  if (bytes.at(-1) !== 0x0a) return bytes
  return bytes.subarray(0, bytes.at(-2) === 0x0d ? -2 : -1)
}
