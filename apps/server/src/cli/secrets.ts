import { readFile } from 'node:fs/promises'
import { messageOf } from '../logging/failure.ts'
import { type CommandContext, UsageError } from './command.ts'

/** The content of a file without its last line break. */
export async function readSecretFile(path: string): Promise<string> {
  try {
    return (await readFile(path, 'utf8')).replace(/\r?\n$/, '')
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
