import type { Pocket } from '@pocket/core'
import { createApiAdministration } from '../../apis/administration.ts'
import { createClientAdministration } from '../../clients/administration.ts'
import { withRestErrors } from '../../clients/rest-errors.ts'
import { type Configuration, createConfiguration } from '../../configuration-file/configuration.ts'
import { type ConfigurationFile, type LoadOptions, loadFile, readText } from '../../configuration-file/load.ts'
import { type ConfigurationWatch, createConfigurationWatch } from '../../configuration-file/watch.ts'
import type { ScimProviders } from '../../scim/providers.ts'
import type { Administration } from '../administration.ts'
import type { Config } from '../config.ts'
import type { Platform } from '../platform.ts'
import { apiKind } from './apis.ts'
import { clientKind } from './clients.ts'
import { groupKind } from './groups.ts'
import { fileSchema } from './schema.ts'
import { settingKind } from './settings.ts'
import { userKind } from './users.ts'

export interface ConfigurationServices {
  readonly configuration: Configuration
  /** `undefined` without a file. */
  readonly configurationWatch: ConfigurationWatch | undefined
}

export function composeConfiguration(
  platform: Platform,
  services: Pick<Administration, 'users' | 'groups'> & { readonly pocket: Pocket; readonly scim: ScimProviders },
): ConfigurationServices {
  const { config, database, directory, logger, clock, managedGuard } = platform
  const deps = { ...platform, ...services }
  const configuration = createConfiguration({
    kinds: [
      groupKind(deps),
      settingKind(deps),
      userKind(deps),
      clientKind({ ...deps, administration: createClientAdministration(deps, withRestErrors) }),
      apiKind({ ...deps, administration: createApiAdministration(deps) }),
    ],
    store: database.managed,
    guard: managedGuard,
    masterKey: database.masterKey,
    withLock: directory.withLock,
  })
  const path = config.configurationFile
  return {
    configuration,
    configurationWatch:
      path === undefined
        ? undefined
        : createConfigurationWatch({
            read: () => readText(path),
            load: (text) => loadConfigurationFile(config, path, { text }),
            configuration,
            logger,
            clock,
          }),
  }
}

/** @throws {InvalidFileError} */
export function loadConfigurationFile(
  { environment }: Pick<Config, 'environment'>,
  path: string,
  options: Pick<LoadOptions, 'allowsPipe' | 'text'> = {},
): ConfigurationFile {
  return loadFile({ path, environment, schema: fileSchema(), ...options })
}
