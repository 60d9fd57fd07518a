import type { Reader } from './reader.ts'
import { InvalidValueError, parseBoolean, type RawValue, type Section, type Variable } from './variable.ts'

const url: Variable<string> = {
  name: 'VERSION_CHECK_URL',
  type: 'URL',
  default: 'none',
  description:
    "The URL that returns the newest version as JSON with `tag_name` (GitHub's latest release) or `version`. It is requested on demand, at most every 15 minutes. Without it no request is made.",
  parse: parseUrl,
}

const disabled: Variable<boolean> = {
  name: 'VERSION_CHECK_DISABLED',
  type: 'boolean',
  default: 'false',
  description: 'Turns the version check off, regardless of `VERSION_CHECK_URL`.',
  parse: parseBoolean,
}

export const versionCheckSection = {
  title: 'Version check',
  variables: { url, disabled },
} satisfies Section

export interface VersionCheckConfig {
  /** The URL to query for the newest version; `null` if the check is disabled. */
  readonly versionCheckUrl: string | null
}

export function readVersionCheck(reader: Reader): VersionCheckConfig {
  const configuredUrl = reader.read(url) ?? null
  return { versionCheckUrl: reader.read(disabled) ? null : configuredUrl }
}

function parseUrl({ text }: RawValue): string {
  const parsed = URL.parse(text)
  if (parsed === null || !['http:', 'https:'].includes(parsed.protocol) || parsed.username !== '')
    throw new InvalidValueError(
      `"${text.slice(0, 200)}" is not an http or https URL`,
      'Write https://example.com/latest.json, for instance.',
    )
  return parsed.href
}
