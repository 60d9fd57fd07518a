import type { Reader } from './reader.ts'
import { type GivenValue, parseBoolean, type Section, type Variable, WrongValue } from './variable.ts'

const url: Variable<string> = {
  name: 'VERSION_CHECK_URL',
  type: 'URL',
  default: 'none',
  description:
    'Where the newest version of this server is published, as JSON with `tag_name` (what GitHub answers about the latest release) or `version`. It is asked every 15 minutes at most, and only when somebody wants to know. Without it nobody is asked.',
  parse: parseUrl,
}

const disabled: Variable<boolean> = {
  name: 'VERSION_CHECK_DISABLED',
  type: 'boolean',
  default: 'false',
  description: 'Whether nobody is asked for the newest version, whatever `VERSION_CHECK_URL` says.',
  parse: parseBoolean,
}

export const versionCheckSection = {
  title: 'Newest version',
  variables: { url, disabled },
} satisfies Section

export interface VersionCheckConfig {
  /** Where to ask for the newest version; `null` where nobody is to be asked. */
  readonly versionCheckUrl: string | null
}

export function readVersionCheck(reader: Reader): VersionCheckConfig {
  const given = reader.read(url) ?? null
  return { versionCheckUrl: reader.read(disabled) ? null : given }
}

function parseUrl({ text }: GivenValue): string {
  const parsed = URL.parse(text)
  if (parsed === null || !['http:', 'https:'].includes(parsed.protocol) || parsed.username !== '')
    throw new WrongValue(
      `"${text.slice(0, 200)}" is not an http(s) address`,
      'Write https://example.com/latest.json, for instance.',
    )
  return parsed.href
}
