import { readFile } from 'node:fs/promises'
import { buffer } from 'node:stream/consumers'
import { messageOf } from '../logging/failure.ts'
import { type CommandContext, UsageError } from './command.ts'

/** The content of a file, or of standard input for `-`, without its last line break. */
export async function readSecretFile(path: string, context: Pick<CommandContext, 'stdin'>): Promise<string> {
  return (await readSecretBytes(path, context)).toString()
}

export async function readSecretBytes(path: string, { stdin }: Pick<CommandContext, 'stdin'>): Promise<Buffer> {
  try {
    const bytes = path === '-' ? await buffer(stdin) : await readFile(path)
    return bytes.at(-1) === 0x0a ? bytes.subarray(0, bytes.at(-2) === 0x0d ? -2 : -1) : bytes
  } catch (error) {
    throw new UsageError(`${path} cannot be read (${messageOf(error)})`)
  }
}

/** @throws {UsageError} without a terminal, or if the answers differ */
export async function askPassphrase(
  { askSecret }: Pick<CommandContext, 'askSecret'>,
  { isNew }: { readonly isNew: boolean },
): Promise<string> {
  const passphrase = await askSecret('Passphrase: ')
  if (passphrase === undefined) throw new UsageError('--passphrase-file is required without a terminal')
  if (isNew && (await askSecret('Repeat the passphrase: ')) !== passphrase)
    throw new UsageError('the passphrases differ')
  return passphrase
}
