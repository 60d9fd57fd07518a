import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import { build } from 'esbuild'
import sharp from 'sharp'
import { rail } from '../src/http/rail.ts'

// Program: bundles `web/` into `dist/web/` under names with content hashes, precompressed, with `manifest.json` (logical name ->
// URL path) and `icons.json` (the shapes of each icon that a template names).

const server = dirname(dirname(fileURLToPath(import.meta.url)))
const web = join(server, 'web')
const target = join(server, 'dist', 'web')
const prefix = '/assets/'
/** Pixels: for iOS, and for Android. */
const homeScreenSizes = [180, 192, 512] as const
const brotli = { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY } }
const pageScripts = [
  'shell',
  'transitions',
  'palette',
  'sign-in',
  'setup',
  'account',
  'device',
  'device-login',
  'reauthenticate',
  'with-reauthentication',
  'administration',
  'profile',
  'apps',
  'api-docs',
]

await rm(target, { recursive: true, force: true })
await mkdir(target, { recursive: true })
const manifest = Object.fromEntries(await Promise.all((await bundledFiles()).map(writeAsset)))
await writeFile(join(target, 'manifest.json'), JSON.stringify(manifest))
await writeFile(join(target, 'icons.json'), JSON.stringify(await usedIcons()))

interface BundledFile {
  readonly name: string
  readonly contents: Uint8Array
}

async function bundledFiles(): Promise<BundledFile[]> {
  const { outputFiles } = await build({
    entryPoints: [
      ...pageScripts.map((name) => join(web, `${name}.ts`)),
      join(web, 'pocket.css'),
      join(web, 'shell.css'),
      join(web, 'api-docs.css'),
    ],
    outdir: target,
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    // Only scripts must run in older browsers; browsers ignore unsupported CSS.
    supported: { nesting: false },
    conditions: ['pocket-source'],
    legalComments: 'none',
    write: false,
    logLevel: 'warning',
  })
  const favicon = { name: 'favicon.svg', contents: await readFile(join(web, 'favicon.svg')) }
  const icons = await Promise.all(homeScreenSizes.map((size) => homeScreenIcon(favicon.contents, size)))
  return [...outputFiles.map(({ path, contents }) => ({ name: basename(path), contents })), favicon, ...icons]
}

/** The mark on paper, within the safe zone of a maskable icon (Web App Manifest §1.8.3). */
async function homeScreenIcon(favicon: Buffer, size: number): Promise<BundledFile> {
  const markSize = Math.round(size * 0.6)
  const mark = await sharp(favicon, { density: 72 * (markSize / 32) })
    .resize(markSize, markSize)
    .toBuffer()
  const contents = await sharp({ create: { width: size, height: size, channels: 3, background: '#f8f8f4' } })
    .composite([{ input: mark }])
    .png({ compressionLevel: 9, palette: true })
    .toBuffer()
  return { name: `icon-${size}.png`, contents }
}

async function writeAsset({ name, contents }: BundledFile): Promise<readonly [string, { readonly path: string }]> {
  const hash = createHash('sha256').update(contents).digest('base64url').slice(0, 10)
  const file = `${basename(name, extname(name))}.${hash}${extname(name)}`
  const path = join(target, file)
  await writeFile(path, contents)
  await writeFile(`${path}.br`, await promisify(brotliCompress)(contents, brotli))
  await writeFile(`${path}.gz`, await promisify(gzip)(contents, { level: 9 }))
  return [name, { path: prefix + file }]
}

/** The shapes of an icon on a 24 by 24 grid: SVG element name and attributes. */
type IconShapes = readonly (readonly [string, Readonly<Record<string, string>>])[]

/**
 * The icons of the navigation, and those named in templates that show one: `icon('key-round')`, or a list of choices with `symbol`.
 */
async function usedIcons(): Promise<Record<string, string>> {
  const allIcons = new Map<string, IconShapes>(Object.entries(JSON.parse(await readFile(iconNodesPath(), 'utf8'))))
  const used = new Set([...rail.own, ...rail.administration].map(({ icon }) => icon))
  for (const template of await readTemplates()) {
    if (!/\bicon\(/.test(template)) continue
    for (const [, name = ''] of template.matchAll(/'([a-z0-9-]+)'/g)) used.add(name)
  }
  const icons = [...allIcons].filter(([name]) => used.has(name))
  return Object.fromEntries(icons.map(([name, shapes]) => [name, svgOf(name, shapes)]))
}

function svgOf(name: string, shapes: IconShapes): string {
  const elements = shapes.map(([shape, attributes]) => {
    const pairs = Object.entries(attributes).map(([attribute, value]) => ` ${attribute}="${value}"`)
    return `<${shape}${pairs.join('')}/>`
  })
  const followsReading = /^(arrow|chevron|log|panel)-(left|right|in|out)|^undo|^redo/.test(name)
  const classes = followsReading ? 'icon directed' : 'icon'
  return `<svg class="${classes}" viewBox="0 0 24 24" aria-hidden="true">${elements.join('')}</svg>`
}

function iconNodesPath(): string {
  return join(server, 'node_modules', 'lucide-static', 'icon-nodes.json')
}

async function readTemplates(): Promise<string[]> {
  const views = join(server, 'views')
  const names = (await readdir(views, { recursive: true })).filter((name) => name.endsWith('.ejs'))
  return Promise.all(names.map((name) => readFile(join(views, name), 'utf8')))
}
