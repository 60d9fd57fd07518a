import { InvalidConfigError } from '../composition/config.ts'
import { InvalidFileError } from '../configuration-file/problem.ts'
import { type AddCommand, CommandError, exitCodes } from './command.ts'
import { withExamples } from './output.ts'

/** Checks the environment variables and the configuration file without opening the database. */
export const addCheckConfig: AddCommand = (program, { print, readConfig }) => {
  const command = program
    .command('check-config')
    .description('check the environment variables and the configuration file; the exit code is 2 if one is invalid')
    .action(async () => {
      try {
        const config = readConfig()
        for (const warning of config.warnings) print(`warning: ${warning}`)
        if (config.configurationFile !== undefined) {
          const { loadConfigurationFile } = await import('../composition/configuration/compose.ts')
          const { source, problems } = loadConfigurationFile(config, config.configurationFile)
          if (problems.length > 0) throw new InvalidFileError(source, problems)
        }
        print('The configuration is valid.')
      } catch (error) {
        if (error instanceof InvalidConfigError || error instanceof InvalidFileError)
          throw new InvalidConfigurationError(error.message, { cause: error })
        throw error
      }
    })
  withExamples(command, ['check-config'])
}

class InvalidConfigurationError extends CommandError {
  override readonly name = 'InvalidConfigurationError'
  override readonly exitCode = exitCodes.usage
}
