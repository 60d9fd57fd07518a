import { InvalidConfigError } from '../composition/config.ts'
import { type AddCommand, CommandError, exitCodes } from './command.ts'

/** Checks the environment variables without opening the database. */
export const addCheckConfig: AddCommand = (program, { print, readConfig }) => {
  program
    .command('check-config')
    .description('check the environment variables; the exit code is 2 if the server would not start with them')
    .action(() => {
      try {
        const { warnings } = readConfig()
        for (const warning of warnings) print(`warning: ${warning}`)
        print('The configuration is valid.')
      } catch (error) {
        if (error instanceof InvalidConfigError) throw new InvalidConfigurationError(error.message, { cause: error })
        throw error
      }
    })
}

class InvalidConfigurationError extends CommandError {
  override readonly name = 'InvalidConfigurationError'
  override readonly exitCode = exitCodes.usage
}
