import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'

// Program: generates the drawings of passkey providers and the logos of client templates from `simple-icons` (CC0). `pnpm install`
// and `pnpm run build` run it.

/** The drawing for each prefix of a provider's name. */
const providers: Readonly<Record<string, string>> = {
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

/** The drawing for each client template. `simple-icons` has none for the others, and for Synology only a gray wordmark. */
const templates: Readonly<Record<string, string>> = {
  'actual-budget': 'actualbudget',
  'argo-cd': 'argo',
  'argo-cd-cli': 'argo',
  audiobookshelf: 'audiobookshelf',
  bookstack: 'bookstack',
  'cloudflare-access': 'cloudflare',
  forgejo: 'forgejo',
  gitea: 'gitea',
  grafana: 'grafana',
  guacamole: 'apacheguacamole',
  'home-assistant': 'homeassistant',
  immich: 'immich',
  jellyfin: 'jellyfin',
  kubelogin: 'kubernetes',
  mealie: 'mealie',
  nextcloud: 'nextcloud',
  outline: 'outline',
  'paperless-ngx': 'paperlessngx',
  portainer: 'portainer',
  'proxmox-ve': 'proxmox',
  tailscale: 'tailscale',
  vaultwarden: 'vaultwarden',
  vikunja: 'vikunja',
}

async function readIconFile(path: string): Promise<string> {
  return readFile(fileURLToPath(import.meta.resolve(`simple-icons/${path}`)), 'utf8')
}

async function readPath(slug: string): Promise<string> {
  const path = / d="([^"]+)"/.exec(await readIconFile(`icons/${slug}.svg`))?.[1]
  if (path === undefined) throw new Error(`The drawing ${slug} has no path.`)
  return path
}

async function write(file: string, text: string): Promise<void> {
  const target = new URL(`../src/${file}`, import.meta.url)
  await mkdir(new URL('.', target), { recursive: true })
  await writeFile(target, text)
}

const icons = JSON.parse(await readIconFile('icons.json')) as readonly {
  readonly title: string
  readonly slug: string
  readonly hex: string
}[]

/** The mark and its own color. */
async function logoOf(slug: string) {
  const icon = icons.find((each) => each.slug === slug)
  if (icon === undefined) throw new Error(`There is no drawing ${slug}.`)
  return { color: `#${icon.hex}`, path: await readPath(slug) }
}

const paths = await Promise.all(Object.entries(providers).map(async ([name, slug]) => [name, await readPath(slug)]))
await write(
  'account/generated/provider-drawings.ts',
  `/** The prefix of a provider's name, and the \`d\` of its SVG path in a square of 24 units. */
export const providerDrawings: readonly (readonly [name: string, path: string])[] = ${JSON.stringify(paths, null, 2)}
`,
)

const logos = await Promise.all(Object.entries(templates).map(async ([id, slug]) => [id, await logoOf(slug)]))
await write(
  'clients/generated/template-logos.ts',
  `/** The logo for the ID of a client template: \`path\` is the \`d\` of its SVG path in a square of 24 units. */
export const templateLogos: ReadonlyMap<string, { readonly color: string; readonly path: string }> = new Map(${JSON.stringify(logos, null, 2)})
`,
)
