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
