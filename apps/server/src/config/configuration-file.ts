import { resolve } from 'node:path'
import type { Environment, Reader } from './reader.ts'
import type { Section, Variable } from './variable.ts'

const file: Variable<string> = {
  name: 'POCKET_CONFIG_FILE',
  type: 'path',
  default: 'none',
  description:
    'A YAML file with settings, groups, users, clients and APIs, which is applied at start and whenever it changes. See the [guide](../guides/configuration-as-code.md).',
  parse: ({ text }) => resolve(text),
}

export const configurationFileSection = {
  title: 'Configuration file',
  variables: { file },
} satisfies Section

export interface ConfigurationFileConfig {
  /** `undefined` if the instance is configured only with its pages and its API. */
  readonly configurationFile: string | undefined
  readonly environment: Environment
}

export function readConfigurationFile(reader: Reader, environment: Environment): ConfigurationFileConfig {
  return { configurationFile: reader.read(file), environment }
}
