import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { packageFolder } from '../config/package-folder.ts'

/** The version of Pocket ID whose REST API this server implements. */
export const compatibleVersion = '2.14.0'

export function serverVersion(): string {
  const { version }: { readonly version: string } = JSON.parse(
    readFileSync(join(packageFolder, 'package.json'), 'utf8'),
  )
  return version
}

/** Whether one version is newer than another (SemVer 2.0.0 §11; a hyphen only marks a pre-release, whose order is ignored). */
export function isNewer(version: string, other: string): boolean {
  const [parts, otherParts] = [parseVersion(version), parseVersion(other)]
  const differingIndex = parts.findIndex((part, index) => part !== otherParts[index])
  return differingIndex !== -1 && (parts[differingIndex] ?? 0) > (otherParts[differingIndex] ?? 0)
}

/** Major, minor, patch, and 1 for a release, which is newer than its pre-releases; empty for an invalid version. */
function parseVersion(version: string): readonly number[] {
  const [, major, minor, patch, preRelease] = /^(\d+)\.(\d+)\.(\d+)(-)?/.exec(version) ?? []
  return major === undefined ? [] : [Number(major), Number(minor), Number(patch), preRelease === undefined ? 1 : 0]
}
