import { parseEnum, type Section, type Variable } from './variable.ts'

const userId: Variable<string> = {
  name: 'PUID',
  type: 'integer',
  default: '1000',
  description: 'The user ID that runs the server in the container and owns `/app/data`.',
  parse: ({ text }) => text,
}

const groupId: Variable<string> = {
  name: 'PGID',
  type: 'integer',
  default: '1000',
  description: 'The group ID that runs the server in the container.',
  parse: ({ text }) => text,
}

const appEnvironment: Variable<string> = {
  name: 'APP_ENV',
  type: '`production`, `development`, `test`',
  default: 'production',
  description: 'Accepted for compatibility; it has no effect.',
  parse: parseEnum(['production', 'development', 'test']),
}

/** Variables that the container reads, not the server. */
export const containerSection = {
  title: 'Container and compatibility',
  introduction: 'Variables of Pocket ID that are not listed here are ignored.',
  variables: { userId, groupId, appEnvironment },
} satisfies Section
