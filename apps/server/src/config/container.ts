import { parseWord, type Section, type Variable } from './variable.ts'

const userId: Variable<string> = {
  name: 'PUID',
  type: 'integer',
  default: '1000',
  description: 'The user that the container runs the server as, and that owns `/app/data`. Read by the entrypoint.',
  parse: ({ text }) => text,
}

const groupId: Variable<string> = {
  name: 'PGID',
  type: 'integer',
  default: '1000',
  description: 'The group of the same.',
  parse: ({ text }) => text,
}

const appEnvironment: Variable<string> = {
  name: 'APP_ENV',
  type: '`production`, `development`, `test`',
  default: 'production',
  description: 'Accepted for configurations that have it; it changes nothing.',
  parse: parseWord(['production', 'development', 'test']),
}

/** Variables that this server itself does not read. */
export const containerSection = {
  title: 'Container and compatibility',
  introduction: 'Variables of Pocket ID that are not on this page are ignored.',
  variables: { userId, groupId, appEnvironment },
} satisfies Section
