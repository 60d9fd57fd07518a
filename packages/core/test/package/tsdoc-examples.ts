import { execFile } from 'node:child_process'
import { glob, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { publicApi } from './public-api.ts'

const run = promisify(execFile)
const workspace = join(import.meta.dirname, '../../../..')

/** The compiler errors for names that an example assumes, such as `req` or `dataSource`. */
const takenAsGiven = /error TS(2304|2552|18004|2582|2580|2503|2591|2593):/

/** The declarations that most examples assume. */
const givenTypes: Readonly<Record<string, string>> = {
  pocket: "import('@pocket/core').Pocket",
  stores: "import('@pocket/core').PocketStores",
  req: "import('node:http').IncomingMessage",
  res: "import('node:http').ServerResponse",
  userAgent: "import('@pocket/core/testing').UserAgent",
}

/** The compiler errors of the examples in the sources of a package; empty if all compile. */
export async function wrongExamples(name: string): Promise<readonly string[]> {
  const folder = join(workspace, 'packages', name)
  const subpaths = new Map<string, string>()
  for (const [subpath, exported] of await publicApi(name))
    for (const each of exported) subpaths.set(each.name, subpaths.get(each.name) ?? join('@pocket', name, subpath))
  await mkdir(join(folder, 'dist'), { recursive: true })
  const place = await mkdtemp(join(folder, 'dist/.examples-'))
  try {
    const sources = new Map<string, string>()
    for await (const path of glob('**/*.ts', { cwd: join(folder, 'src') }))
      for (const [index, text] of examplesIn(await readFile(join(folder, 'src', path), 'utf8')).entries()) {
        const file = `${path.replaceAll('/', '_').replace(/\.ts$/, '')}_${index}.ts`
        sources.set(file, path)
        await writeFile(join(place, file), program(text, subpaths))
      }
    const compilerOptions = {
      target: 'esnext',
      module: 'nodenext',
      lib: ['esnext', 'dom', 'dom.iterable'],
      types: ['node'],
      typeRoots: [join(workspace, 'node_modules/@types')],
      strict: true,
      noImplicitAny: false,
      allowUnusedLabels: true,
      skipLibCheck: true,
      noEmit: true,
    }
    if (sources.size === 0) return []
    await writeFile(join(place, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: [...sources.keys()] }))
    const tsc = join(workspace, 'node_modules/typescript/bin/tsc')
    const said = await run('node', [tsc, '-p', '.', '--pretty', 'false'], { cwd: place }).catch(
      (failed: { readonly stdout: string }) => failed,
    )
    return said.stdout.split('\n').filter((line) => / error |^error /.test(line) && !takenAsGiven.test(line))
  } finally {
    await rm(place, { recursive: true })
  }
}

function examplesIn(source: string): readonly string[] {
  return [...source.matchAll(/@example\n( *\* ```\w*\n.*?\n) *\* ```/gs)].map(([, block = '']) =>
    block
      .split('\n')
      .slice(1)
      .map((line) => line.replace(/^ *\* ?/, ''))
      .join('\n'),
  )
}

/** Turns an example into a module: adds imports, and wraps examples of options. */
function program(text: string, subpaths: ReadonlyMap<string, string>): string {
  const isOption = /^\w+: /.test(text)
  const body = isOption ? `const shown: Partial<PocketOptions> = {\n${text}\n}` : text
  const named = new Set(body.match(/\b[A-Za-z]\w+\b/g))
  const own = new Set([...body.matchAll(/(?:const|let|using|class|function) (\w+)/g)].map(([, each]) => each))
  const imports = [...named]
    .filter((each) => subpaths.has(each) && !own.has(each) && !new RegExp(`import .*\\b${each}\\b`).test(body))
    .map((each) => `import { ${each} } from '${subpaths.get(each)}'`)
  const given = Object.entries(givenTypes).flatMap(([each, type]) =>
    named.has(each) && !own.has(each) ? [`declare const ${each}: ${type}`] : [],
  )
  return `${imports.join('\n')}\n${given.join('\n')}\n${body}\nexport {}\n`
}
