import { parseEnum, type Section, type Variable } from './variable.ts'

const userId: Variable<string> = {
  name: 'PUID',
  type: 'integer',
  default: '1000',
  description: 'The ID of the user (UID) that the server in the container runs as, and that owns `/app/data`.',
  parse: ({ text }) => text,
}

const groupId: Variable<string> = {
  name: 'PGID',
  type: 'integer',
  default: '1000',
  description: 'The ID of the group (GID) that the server in the container runs as.',
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
