import { readFileSync } from 'node:fs'

/** The version of Pocket ID whose REST API this server implements. */
export const spokenVersion = '2.14.0'

/** The version of this server. */
export function ownVersion(): string {
  const { version }: { readonly version: string } = JSON.parse(
    readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
  )
  return version
}

/** Whether one version is newer than another (SemVer 2.0.0 §11; a hyphen only marks a pre-release, whose order is ignored). */
export function isNewer(version: string, than: string): boolean {
  const [one, other] = [partsOf(version), partsOf(than)]
  const different = one.findIndex((part, index) => part !== other[index])
  return different !== -1 && (one[different] ?? 0) > (other[different] ?? 0)
}

/** Major, minor, patch, and 1 for a release, which is newer than its pre-releases; empty for an invalid version. */
function partsOf(version: string): readonly number[] {
  const [, major, minor, patch, before] = /^(\d+)\.(\d+)\.(\d+)(-)?/.exec(version) ?? []
  return major === undefined ? [] : [Number(major), Number(minor), Number(patch), before === undefined ? 1 : 0]
}
