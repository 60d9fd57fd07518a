import { type CommandContext, CommandError, UsageError } from './command.ts'

/**
 * Resolves if `--yes` is given or the question is answered with yes.
 *
 * @throws {UsageError} without `--yes` and without a terminal
 * @throws {CommandError} if the question is answered with no
 */
export async function requireConfirmation(
  question: string,
  { yes }: { readonly yes?: boolean },
  { confirm }: Pick<CommandContext, 'confirm'>,
): Promise<void> {
  const isConfirmed = yes || (await confirm(question))
  if (isConfirmed === undefined) throw new UsageError('--yes is required without a terminal')
  if (!isConfirmed) throw new CommandError('Nothing was changed.')
}
