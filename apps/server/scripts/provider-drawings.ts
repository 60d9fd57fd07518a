import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'

// Program: generates the drawings of passkey providers from `simple-icons` (CC0). `pnpm install` and `pnpm run build` run it.

const target = new URL('../src/account/generated/provider-drawings.ts', import.meta.url)

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

const paths = await Promise.all(
  Object.entries(drawings).map(async ([name, slug]) => {
    const svg = await readFile(fileURLToPath(import.meta.resolve(`simple-icons/icons/${slug}.svg`)), 'utf8')
    const path = / d="([^"]+)"/.exec(svg)?.[1]
    if (path === undefined) throw new Error(`The drawing ${slug} has no path.`)
    return [name, path] as const
  }),
)
await mkdir(new URL('.', target), { recursive: true })
await writeFile(
  target,
  `/** The prefix of a provider's name, and the \`d\` of its SVG path in a square of 24 units. */
export const providerDrawings: readonly (readonly [name: string, path: string])[] = ${JSON.stringify(paths, null, 2)}
`,
)
