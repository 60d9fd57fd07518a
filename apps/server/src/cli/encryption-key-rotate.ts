import { type AddCommand, type CommandContext, UsageError } from './command.ts'
import { requireConfirmation } from './confirm.ts'
import { quietConfig, requireDatabase } from './open-instance.ts'
import { withExamples } from './output.ts'
import { withProgress } from './progress.ts'
import { readSecretBytes } from './secrets.ts'

interface Options {
  readonly newKey?: string
  readonly newKeyFile?: string
  readonly yes?: boolean
}

/** Replaces the master key. The server must be stopped. */
export const addEncryptionKeyRotate: AddCommand = (program, context) => {
  const command = program
    .command('encryption-key-rotate')
    .description('encrypt all stored secrets with a new encryption key')
    .option('--new-key <key>', 'new key of at least 16 bytes; other users of this machine may see it, so prefer a file')
    .option('--new-key-file <file>', 'file with the new key; - for standard input')
    .option('-y, --yes', 'do not ask for confirmation')
    .action(async (options: Options) => {
      const newKey = await readNewKey(options, context)
      const config = quietConfig(context.readConfig())
      requireDatabase(config)
      await requireConfirmation('Replace the encryption key and end all sessions?', options, context)
      const { rotateMasterKey } = await import('../composition/rotate-master-key.ts')
      const logger = context.createLogger(config)
      const rotated = await withProgress(context, (showProgress) =>
        rotateMasterKey({ config, logger, newKey, stop: context.stop, showProgress }),
      )
      context.print(`${rotated.rows} rows are encrypted with the new key; its fingerprint is ${rotated.fingerprint}.`)
      if (rotated.isFromEnvironment) context.print('Set ENCRYPTION_KEY to the new key before you start the server.')
      context.print('Everyone has to sign in again. Login codes and sign-ins that are not finished have ended.')
    })
  withExamples(command, ['encryption-key-rotate --new-key-file new-key.txt'])
}

async function readNewKey({ newKey, newKeyFile }: Options, context: CommandContext): Promise<Buffer> {
  if ((newKey === undefined) === (newKeyFile === undefined))
    throw new UsageError('one of --new-key and --new-key-file is required')
  if (newKey !== undefined) {
    context.printError('warning: --new-key is visible to other users of this machine and in the history of the shell.')
    return assertKeyLength(Buffer.from(newKey))
  }
  return assertKeyLength(await readSecretBytes(newKeyFile ?? '', context))
}

function assertKeyLength(key: Buffer): Buffer {
  if (key.length < 16) throw new UsageError(`the new key has ${key.length} bytes; it needs at least 16`)
  return key
}
