import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/** An export of an entry point of a package, from its declaration file. */
export interface Exported {
  readonly name: string
  /** The declaration without comments. */
  readonly declaration: string
  readonly documented: boolean
  /** The declaration with the comments of its members. */
  readonly text: string
  /** The text of its comments. */
  readonly comment: string
  /** Whether its comment contains an example. */
  readonly shown: boolean
}

const workspace = join(import.meta.dirname, '../../../..')
/** The path of the API report of each package. */
export const reportFile = (name: string): string => join(workspace, 'packages', name, 'api-report.md')
export const reported = ['core', 'directory'] as const

/** All exports of each public entry point of a package, from its built declarations. */
export async function publicApi(name: string): Promise<ReadonlyMap<string, readonly Exported[]>> {
  const folder = join(workspace, 'packages', name)
  const { exports }: { exports: Record<string, { types: string }> } = JSON.parse(
    await readFile(join(folder, 'package.json'), 'utf8'),
  )
  // Other packages of Pocket use the internal entry points; they are not part of the API.
  const published = Object.entries(exports).filter(([subpath]) => !subpath.startsWith('./internal/'))
  const subpaths = published.map(async ([subpath, { types }]) => {
    const found = [...(await exportsOf(join(folder, types))).values()]
    return [subpath, found.toSorted((left, right) => (left.name < right.name ? -1 : 1))] as const
  })
  return new Map(await Promise.all(subpaths))
}

/** Whether an entry point is only for the packages of this repository. */
export const isInternal = (subpath: string): boolean => subpath.split(/[/-]/).includes('internal')

/** The API of a package as text that changes with every API change; internal entry points are left out. */
export async function apiReport(name: string): Promise<string> {
  const hostSubpaths = [...(await publicApi(name))].filter(([subpath]) => !isInternal(subpath))
  const subpaths = hostSubpaths.map(([subpath, exported]) => {
    const declarations = exported.map(({ declaration }) => declaration).join('\n')
    return `## \`${join('@pocket', name, subpath)}\`\n\n\`\`\`ts\n${declarations}\n\`\`\`\n`
  })
  const note =
    'Made by `pnpm --filter @pocket/core run api-report`. A change here is a change for whoever uses the package.'
  return `# The API of @pocket/${name}\n\n${note}\n\n${subpaths.join('\n')}`
}

async function exportsOf(file: string): Promise<Map<string, Exported>> {
  const text = await readFile(file, 'utf8')
  const found = declarations(text)
  const declarationFile = (specifier: string) => join(dirname(file), specifier.replace(/\.[jt]s$/, '.d.ts'))
  for (const [, list = '', from = ''] of text.matchAll(/^export (?:type )?\{([^}]*)\} from '(\.[^']+)'/gm)) {
    const there = await exportsOf(declarationFile(from))
    for (const item of list.split(',')) {
      const [original = '', name = original] = item
        .trim()
        .replace(/^type /, '')
        .split(' as ')
      const exported = there.get(original)
      if (exported) found.set(name, { ...exported, name })
    }
  }
  for (const [, from = ''] of text.matchAll(/^export \* from '(\.[^']+)'/gm))
    for (const [name, exported] of await exportsOf(declarationFile(from))) found.set(name, exported)
  for (const [, name = '', from = ''] of text.matchAll(/^export \* as (\w+) from '(\.[^']+)'/gm)) {
    const inner = [...(await exportsOf(declarationFile(from))).values()].map(({ declaration }) => declaration)
    const declaration = `namespace ${name} {\n${inner.join('\n').replace(/^/gm, '  ')}\n}`
    found.set(name, { name, declaration, text: '', documented: true, comment: '', shown: true })
  }
  return found
}

/** Declarations and their comments start at the beginning of a line. */
function declarations(text: string): Map<string, Exported> {
  const found = new Map<string, Exported>()
  const parts = text.split(/^(?=\/\*\*|export |import |declare |interface |type |\/\/#)/m)
  for (const [index, part] of parts.entries()) {
    const name = /^export (?:declare )?(?:abstract )?(?:const|function|class|interface|type|enum) (\w+)/.exec(part)?.[1]
    if (name === undefined) continue
    const before = parts[index - 1] ?? ''
    const documented = before.startsWith('/**') && !before.includes('@module')
    const shown = documented && before.includes('@example')
    const bare = part.replace(/^ *\/\*\*.*?\*\/\n/gms, '').trim()
    const earlier = found.get(name)
    const declaration = earlier ? `${earlier.declaration}\n${bare}` : bare
    found.set(name, {
      name,
      declaration,
      text: `${earlier?.text ?? ''}${documented ? before : ''}${part}`,
      documented: documented || earlier?.documented === true,
      comment: (documented ? before : '') + (earlier?.comment ?? ''),
      shown: shown || earlier?.shown === true,
    })
  }
  return found
}

/** Names in `@throws` that are neither exported, nor of JavaScript, nor members of the same declaration. */
export async function errorsElsewhere(name: string): Promise<readonly string[]> {
  const exported = [...(await publicApi(name)).values()].flat()
  const known = new Set(exported.map((each) => each.name))
  return exported.flatMap(({ name: at, text, declaration }) =>
    [...text.matchAll(/@throws \{(\w+)\}/g)].flatMap(([, to = '']) =>
      known.has(to) || to in globalThis || new RegExp(`^ +${to}[<(:]`, 'm').test(declaration) ? [] : [`${at}: ${to}`],
    ),
  )
}

const time =
  /^ {4}(?:readonly )?\w*(?:At|[lL]ifetime|[tT]imeout|[iI]nterval|Since|Minutes|Time|until|retryAfter)\??: number/
const unit = /milliseconds|seconds|minutes/i

/** Time members without a stated unit; a unit in the comment of the whole declaration applies to every member. */
export async function timesWithoutUnit(name: string): Promise<readonly string[]> {
  const exported = [...(await publicApi(name)).values()].flat()
  return exported.flatMap(({ name: at, text, comment }) => {
    if (unit.test(comment)) return []
    const lines = text.split('\n')
    return lines.flatMap((line, index) => {
      if (!time.test(line)) return []
      const before = lines.slice(0, index).join('\n')
      const output = before.endsWith('*/') ? before.slice(before.lastIndexOf('/**')) : ''
      return unit.test(output) ? [] : [`${at}: ${line.trim()}`]
    })
  })
}

/** The members of an interface of a package that have no comment of their own. */
export async function undocumentedMembers(name: string, file: string): Promise<readonly string[]> {
  const text = await readFile(join(workspace, 'packages', name, 'dist', file), 'utf8')
  const lines = text.split('\n')
  return lines.flatMap((line, index) => {
    const member = /^ {4}(?:readonly )?(\w+)\??[:(]/.exec(line)?.[1]
    return member === undefined || lines[index - 1]?.trim().endsWith('*/') ? [] : [`${file} ${member}`]
  })
}
