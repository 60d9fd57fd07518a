import { readdir, readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, test } from '@jest/globals'

const server = new URL('../../', import.meta.url)
/** What is named in two steps in the sources: a finding, an event or an act, then its part. */
const families = [/^overview\.findings\./, /^auditLog\.sentences\./, /^confirm\./]

let english: ReadonlyMap<string, string>
let sources: readonly string[]

beforeAll(async () => {
  english = await catalogueOf('en')
  const paths = ['src', 'views', 'web'].map((folder) => fileURLToPath(new URL(folder, server)))
  const files = await Promise.all(
    paths.map(async (path) => (await readdir(path, { recursive: true })).map((file) => `${path}/${file}`)),
  )
  sources = await Promise.all(
    files
      .flat()
      .filter((file) => /\.(ts|ejs)$/.test(file))
      .map((file) => readFile(file, 'utf8')),
  )
})

async function catalogueOf(language: string): Promise<ReadonlyMap<string, string>> {
  const file = new URL(`locales/${language}.json`, server)
  const catalogue: object = JSON.parse(await readFile(file, 'utf8'))
  return new Map(flat(catalogue))
}

function flat(node: object, path = ''): [string, string][] {
  return Object.entries(node).flatMap(([key, value]): [string, string][] =>
    typeof value === 'string' ? [[path + key, value]] : flat(value, `${path}${key}.`),
  )
}

describe('the catalogue', () => {
  test('holds no message that nothing shows', () => {
    const names = new Set<string>()
    const branches: string[] = []
    const patterns: RegExp[] = []
    for (const source of sources) {
      for (const [, single, double] of source.matchAll(/'([\w.-]+)'|"([\w.-]+)"/g)) names.add(single ?? double ?? '')
      for (const [, branch = ''] of source.matchAll(/(?:below\(|labels: )'([\w.]+)'/g)) branches.push(`${branch}.`)
      for (const [, template = ''] of source.matchAll(/`([^`\n]*\$\{[^`\n]*)`/g)) {
        const pieces = template.split(/\$\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\}/)
        if (pieces.every((piece) => /^[\w.-]*$/.test(piece)) && /[a-z]\.|\.[a-z]/.test(pieces.join('\0')))
          patterns.push(new RegExp(`^${pieces.map((piece) => piece.replaceAll('.', '\\.')).join('[\\w-]+')}$`))
      }
    }
    const isShown = (key: string) =>
      key === 'language' ||
      names.has(key) ||
      branches.some((branch) => key.startsWith(branch)) ||
      families.some((family) => family.test(key)) ||
      patterns.some((pattern) => pattern.test(key))
    expect(patterns.length).toBeGreaterThan(50)
    expect([...english.keys()].filter((key) => !isShown(key.replace(/_(one|other)$/, '')) && !isShown(key))).toEqual([])
  })
})
