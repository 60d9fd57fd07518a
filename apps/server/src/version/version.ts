import { readFileSync } from 'node:fs'

/** The Pocket ID whose REST API this server speaks. */
export const spokenVersion = '2.14.0'

/** This server's own version. */
export function ownVersion(): string {
  const { version }: { readonly version: string } = JSON.parse(
    readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
  )
  return version
}

/** Whether one version comes after another (SemVer 2.0.0 §11; what follows a hyphen only says that it comes before). */
export function isNewer(version: string, than: string): boolean {
  const [one, other] = [partsOf(version), partsOf(than)]
  const different = one.findIndex((part, index) => part !== other[index])
  return different !== -1 && (one[different] ?? 0) > (other[different] ?? 0)
}

/** Major, minor, patch, and 1 for a release, which comes after all that leads to it; none where it is no version. */
function partsOf(version: string): readonly number[] {
  const [, major, minor, patch, before] = /^(\d+)\.(\d+)\.(\d+)(-)?/.exec(version) ?? []
  return major === undefined ? [] : [Number(major), Number(minor), Number(patch), before === undefined ? 1 : 0]
}
