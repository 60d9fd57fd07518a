import { readFileSync } from 'node:fs'
import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { isBuiltin } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build, type Metafile, type Plugin } from 'esbuild'
import { unbundledPackages } from './unbundled-packages.ts'

// Program: bundles the server and its dependencies into `dist/main.js` and modules that are loaded on demand, which halves the
// start-up time. The licenses of the bundled packages are in `dist/licenses.txt`.

const server = dirname(dirname(fileURLToPath(import.meta.url)))
const target = join(server, 'dist')
/** Packages with files for browsers. */
const inBrowser = [
  join(server, 'node_modules/lucide-static'),
  join(server, 'node_modules/swagger-ui-dist'),
  join(server, '../../packages/core/node_modules/@simplewebauthn/browser'),
]

/** CommonJS dependencies call `require` and read `__dirname`, which modules do not have. */
const commonJsGlobals = `
import { createRequire as createRequireOfBundle } from 'node:module'
const require = createRequireOfBundle(import.meta.url)
const __filename = import.meta.filename
const __dirname = import.meta.dirname`

/** The texts of https://spdx.org/licenses/, after the copyright notice. */
const standardLicenses: Readonly<Record<string, string>> = {
  MIT: `Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated documentation files (the "Software"), to deal in the Software without restriction, including without limitation the rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit persons to whom the Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.`,
  ISC: `Permission to use, copy, modify, and/or distribute this software for any purpose with or without fee is hereby granted, provided that the above copyright notice and this permission notice appear in all copies.

THE SOFTWARE IS PROVIDED "AS IS" AND THE AUTHOR DISCLAIMS ALL WARRANTIES WITH REGARD TO THIS SOFTWARE INCLUDING ALL IMPLIED WARRANTIES OF MERCHANTABILITY AND FITNESS. IN NO EVENT SHALL THE AUTHOR BE LIABLE FOR ANY SPECIAL, DIRECT, INDIRECT, OR CONSEQUENTIAL DAMAGES OR ANY DAMAGES WHATSOEVER RESULTING FROM LOSS OF USE, DATA OR PROFITS, WHETHER IN AN ACTION OF CONTRACT, NEGLIGENCE OR OTHER TORTIOUS ACTION, ARISING OUT OF OR IN CONNECTION WITH THE USE OR PERFORMANCE OF THIS SOFTWARE.`,
}

await removeScripts()
const { metafile } = await build({
  entryPoints: [join(server, 'src', 'main.ts')],
  outdir: target,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node22.19',
  conditions: ['pocket-source'],
  banner: { js: commonJsGlobals },
  minifyWhitespace: true,
  minifySyntax: true,
  // The names of error classes are read.
  keepNames: true,
  legalComments: 'none',
  plugins: [externalPackagesPlugin(), viewPathsPlugin()],
  metafile: true,
  logLevel: 'warning',
})
await keepOnlyClassNames(metafile)
await writeFile(join(target, 'licenses.txt'), await licenseNotices(metafile))

/**
 * Makes the helper by which esbuild preserves names ignore functions, because each function created in a request would call
 * `Object.defineProperty` each time. Classes call the helper in a static block.
 */
async function keepOnlyClassNames({ outputs }: Metafile): Promise<void> {
  const helper = '__name=(target,value)=>'
  const ofClasses = '__name=(target,value,isClass)=>!isClass?target:'
  const inClass = /static\{__name\(this,("[^"]+")\)/g
  const paths = Object.keys(outputs).map((output) => join(process.cwd(), output))
  const scripts = await Promise.all(paths.map(async (path) => ({ path, code: await readFile(path, 'utf8') })))
  for (const part of [helper, 'static{__name(this,'])
    if (!scripts.some(({ code }) => code.includes(part))) throw new Error(`The bundle does not contain ${part}.`)
  await Promise.all(
    scripts.map(({ path, code }) =>
      writeFile(path, code.replace(helper, ofClasses).replaceAll(inClass, 'static{__name(this,$1,!0)')),
    ),
  )
}

async function removeScripts(): Promise<void> {
  const files = await readdir(target).catch(() => [])
  await Promise.all(files.filter((name) => /\.js(\.map)?$/.test(name)).map((name) => rm(join(target, name))))
}

/** Optional dependencies that are not installed, and template engines other than EJS, stay imports that are never executed. */
function externalPackagesPlugin(): Plugin {
  const resolving = Symbol('resolving')
  return {
    name: 'leave out',
    setup({ onResolve, resolve }) {
      onResolve({ filter: /^[^./]/ }, async ({ path, pluginData, importer, kind, resolveDir }) => {
        if (pluginData === resolving || path.startsWith('node:')) return undefined
        const isOtherEngine = importer.includes('/consolidate/') && path !== 'ejs' && !isBuiltin(path)
        if (isOtherEngine || unbundledPackages.has(path)) return { path, external: true }
        // The modules of css-tree read data files, which its own bundle contains.
        const source = path === 'css-tree' ? 'css-tree/dist/csstree.esm' : path
        const result = await resolve(source, { importer, kind, resolveDir, pluginData: resolving })
        return result.errors.length > 0 && kind === 'require-call' ? { path, external: true } : result
      })
    },
  }
}

/** koa-views asks the file system for the extension of a view at each rendering, a seventh of the CPU time of a page. */
function viewPathsPlugin(): Plugin {
  return {
    name: 'view paths',
    setup({ onLoad }) {
      onLoad({ filter: /\/get-paths\/index\.js$/ }, () => ({
        contents: "module.exports = async (_folder, rel) => ({ rel, ext: require('node:path').extname(rel).slice(1) })",
      }))
    },
  }
}

async function licenseNotices({ inputs }: Metafile): Promise<string> {
  const folders = new Set(
    Object.keys(inputs).flatMap((path) => path.match(/^.*\/node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/)?.[0] ?? []),
  )
  const notices = await Promise.all(
    [...[...folders].map((folder) => join(process.cwd(), folder)), ...inBrowser].map(licenseNotice),
  )
  return [...new Set(notices)].sort().join(`\n${'-'.repeat(80)}\n\n`)
}

interface Manifest {
  readonly name: string
  readonly version: string
  /** Old packages have an object. */
  readonly license?: string | { readonly type: string }
  readonly author?: string | { readonly name: string }
}

async function licenseNotice(folder: string): Promise<string> {
  const manifest: Manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  const { name, version } = manifest
  const license = typeof manifest.license === 'object' ? manifest.license.type : manifest.license
  const files = await readdir(folder)
  const read = (file: string) => readFile(join(folder, file), 'utf8')
  const licenseFiles = files.filter((file) => /^(licen[cs]e|copying|notice)/i.test(basename(file))).sort()
  const texts = await Promise.all(licenseFiles.map(read))
  if (texts.length === 0) {
    const readme = files.find((file) => /^readme/i.test(file))
    texts.push(licenseSection(readme === undefined ? '' : await read(readme)) ?? standardLicense(manifest, license))
  }
  return [`${name} ${version} (${license ?? 'see below'})\n`, ...texts.map((text) => `${text.trim()}\n`)].join('\n')
}

/** The license text of a README, under a heading of its own. */
function licenseSection(readme: string): string | undefined {
  const section = /^#+ *licen[cs]e\b[^\n]*\n(.*)/ims.exec(readme)?.[1]
  return section && /\bcopyright\b.*permission.*as is/is.test(section) ? section : undefined
}

/** The text that the license's identifier stands for, for packages without one. */
function standardLicense({ name, author }: Manifest, license: string | undefined): string {
  const text = license === undefined ? undefined : standardLicenses[license]
  if (text === undefined) throw new Error(`The package ${name} has no license text.`)
  const holder = (typeof author === 'object' ? author.name : author) ?? `the authors of ${name}`
  return `Copyright (c) ${holder}\n\n${text}`
}
