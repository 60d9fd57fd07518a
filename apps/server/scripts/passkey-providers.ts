import { readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'

// Program: generates the bundled lists of passkey providers from `aaguids` (names) and `simple-icons` (CC0 drawings). Update both
// packages, then run it.

const namesTarget = new URL('../../../packages/core/src/passkeys/provider-names.ts', import.meta.url)
const drawingsTarget = new URL('../src/account/provider-drawings.ts', import.meta.url)
const origin = 'Made by `pnpm --filter @pocket/server run passkey-providers`; do not edit it.'

/** The drawing for each name prefix. */
const drawings: Readonly<Record<string, string>> = {
  '1Password': '1password',
  'Apple Passwords': 'apple',
  'Avast Password Manager': 'avast',
  'Avira Password Manager': 'avira',
  Bitwarden: 'bitwarden',
  'Chrome on Mac': 'googlechrome',
  'Chromium Browser': 'googlechrome',
  Dashlane: 'dashlane',
  Enpass: 'enpass',
  'Google Password Manager': 'google',
  'Google Titan Security Key': 'google',
  'iCloud Keychain': 'icloud',
  'Kaspersky Password Manager': 'kaspersky',
  KeePassXC: 'keepassxc',
  Keeper: 'keeper',
  LastPass: 'lastpass',
  'Norton Password Manager': 'norton',
  'Proton Pass': 'proton',
  'Samsung Pass': 'samsung',
  'Security Key NFC by Yubico': 'yubico',
  'Security Key by Yubico': 'yubico',
  YubiKey: 'yubico',
  'Zoho Vault': 'zoho',
}

const names: Record<string, string> = JSON.parse(
  await readFile(fileURLToPath(import.meta.resolve('aaguids/aaguids.json')), 'utf8'),
)
const sorted = Object.entries(names)
  .filter(([, name]) => !name.startsWith('TEST'))
  .map(([aaguid, name]) => [aaguid.toLowerCase(), name.trim()] as const)
  .sort(([one], [other]) => (one < other ? -1 : 1))
await writeFile(
  namesTarget,
  `// ${origin}

/** What authenticators call themselves, by AAGUID. */
export const providerNames: Readonly<Record<string, string>> = {
${sorted.map(([aaguid, name]) => `  ${quoted(aaguid)}: ${quoted(name)},`).join('\n')}
}
`,
)

const paths = await Promise.all(
  Object.entries(drawings).map(async ([name, slug]) => {
    const svg = await readFile(fileURLToPath(import.meta.resolve(`simple-icons/icons/${slug}.svg`)), 'utf8')
    const path = / d="([^"]+)"/.exec(svg)?.[1]
    if (path === undefined) throw new Error(`The drawing ${slug} has no path.`)
    return `  [${quoted(name)}, ${quoted(path)}],`
  }),
)
await writeFile(
  drawingsTarget,
  `// ${origin}

/** How providers are drawn: what their names begin with, and the \`d\` of a path in a square of 24 units. */
export const providerDrawings: readonly (readonly [name: string, path: string])[] = [
${paths.join('\n')}
]
`,
)

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
}
