import { execFile } from 'node:child_process'
import { glob, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { publicApi } from './public-api.ts'

const run = promisify(execFile)
const workspace = join(import.meta.dirname, '../../../..')

/** The compiler errors for globals and namespaces that an example assumes. */
const takenAsGiven = /error TS(2582|2580|2503|2591|2593):/

/** Compiler errors that JavaScript has no syntax to avoid. */
const withoutCasts = /_js_\d+\.ts\(.*(on type|is of type) 'unknown'/

/** The declarations that most examples assume. */
const givenTypes: Readonly<Record<string, string>> = {
  pocket: "import('@pocket/core').Pocket",
  stores: "import('@pocket/core').PocketStores",
  req: "import('node:http').IncomingMessage",
  res: "import('node:http').ServerResponse",
  userAgent: "import('@pocket/core/testing').UserAgent",
}

/** Identifiers that examples in TSDoc use without declaring them, because they belong to the code of the reader. */
const undeclared = `
  account after ahead api app before ceremony creationOptions credentialIds directory expressOrNest fastify gateway
  handle hasAccepted issuer isAdministrator key keyId kms logger MyCodeStore mySignIn notify options page passkey
  passkeys people policy problem read redis RedisCodeStore remedy requestOptions sentences source sql token
  transaction transport user users
`

const givenInExamples: Readonly<Record<string, string>> = {
  ...Object.fromEntries(undeclared.match(/\w+/g)?.map((each) => [each, 'any']) ?? []),
  ...givenTypes,
  dataSource: "import('typeorm').DataSource",
  client: "import('@pocket/core').Client",
  masterKey: "import('@pocket/core').MasterKey",
  accountId: 'string',
  userId: 'string',
  url: 'string',
  text: 'string',
  error: 'unknown',
  button: 'HTMLButtonElement',
  signal: 'AbortSignal',
  accounts: "import('@pocket/core').HostAccounts",
}

const exportPattern = /^export (?:async )?(?:function|const|class|interface|type) (\w+)/gm

/** The modules of other packages whose exports examples use. */
const otherModules: Readonly<Record<string, string>> = {
  createPublicKey: 'node:crypto',
  createServer: 'node:http',
  readFile: 'node:fs/promises',
  DataSource: 'typeorm',
}

/** The declarations that blocks of documents assume besides. */
const givenInDocuments: Readonly<Record<string, string>> = {
  ...givenTypes,
  options: "import('@pocket/core').PocketOptions",
  myAccounts: "import('@pocket/core').HostAccounts",
  origin: 'string',
  code: 'string',
  dataSource: "import('typeorm').DataSource",
  log: '{ insert(entry: object): Promise<void> }',
  notify: '(accountId: string) => Promise<void>',
}

const givenClient = { pocket: "import('@pocket/api-client').PocketClient" }

/** The compiler errors of the examples in the sources of a package; empty if all compile. */
export async function findInvalidExamples(name: string): Promise<readonly string[]> {
  const texts = new Map<string, string>()
  const untagged: string[] = []
  for await (const path of glob('**/*.ts', { cwd: join(workspace, 'packages', name, 'src') })) {
    const source = await readFile(join(workspace, 'packages', name, 'src', path), 'utf8')
    const examples = extractExamples(source)
    if (source.match(/ \* @example\n/g)?.length !== (examples.length || undefined))
      untagged.push(`${path}: not a code block`)
    const exported = Array.from(source.matchAll(exportPattern), ([, each = '']) => each)
    for (const [index, text] of examples.entries()) {
      const used = exported.filter((each) => new RegExp(`\\b${each}\\b`).test(text))
      const own = used.length > 0 && `import { ${used.join(', ')} } from '../${path.replace(/ts$/, 'js')}'\n`
      texts.set(`${path}_${index}`, `${own || ''}${text}`)
    }
  }
  const errors = await findCompilerErrors(name, texts, givenInExamples)
  return [...untagged, ...errors]
}

/** The compiler errors of the code blocks in documents, except programs that are files of their own. */
export async function findInvalidBlocks(name: string, documents: readonly string[]): Promise<readonly string[]> {
  const texts = new Map<string, string>()
  for (const path of documents) {
    const text = (await readFile(join(workspace, path), 'utf8')).replaceAll(/<!-- \S+ -->\n\n```\w+\n.*?```\n/gs, '')
    const blocks = [...text.matchAll(/^```(\w*)\n(.*?)^```$/gms)]
    for (const [index, [, language = '', block = '']] of blocks.entries())
      if (/^(js|ts|)$/.test(language)) texts.set(`${path}_${language}_${index}`, block)
  }
  return findCompilerErrors(name, texts, givenInDocuments)
}

async function findCompilerErrors(
  name: string,
  texts: ReadonlyMap<string, string>,
  assumed: Readonly<Record<string, string>>,
): Promise<readonly string[]> {
  if (texts.size === 0) return []
  const folder = join(workspace, 'packages', name)
  const subpaths = new Map(Object.entries(otherModules))
  for (const published of name === 'directory' ? ['directory', 'core'] : [name])
    for (const [subpath, exported] of await publicApi(published))
      for (const each of exported)
        subpaths.set(each.name, subpaths.get(each.name) ?? join('@pocket', published, subpath))
  await mkdir(join(folder, 'dist'), { recursive: true })
  const folderPath = await mkdtemp(join(folder, 'dist/.examples-'))
  try {
    const files = [...texts].map(([path, text]) => ({ file: `${path.replaceAll(/[/.]/g, '_')}.ts`, text }))
    for (const { file, text } of files)
      await writeFile(
        join(folderPath, file),
        createProgramText(text, subpaths, name === 'api-client' ? givenClient : assumed),
      )
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
    await writeFile(
      join(folderPath, 'tsconfig.json'),
      JSON.stringify({ compilerOptions, files: files.map(({ file }) => file) }),
    )
    const tsc = join(workspace, 'node_modules/typescript/bin/tsc')
    const compiled = await run('node', [tsc, '-p', '.', '--pretty', 'false'], { cwd: folderPath }).catch(
      (failed: { readonly stdout: string }) => failed,
    )
    return compiled.stdout
      .split('\n')
      .filter((line) => / error |^error /.test(line) && !takenAsGiven.test(line) && !withoutCasts.test(line))
  } finally {
    await rm(folderPath, { recursive: true })
  }
}

function extractExamples(source: string): readonly string[] {
  return [...source.matchAll(/@example\n( *\* ```\w*\n.*?\n) *\* ```/gs)].map(([, block = '']) =>
    block
      .split('\n')
      .slice(1)
      .map((line) => line.replace(/^ *\* ?/, ''))
      .join('\n'),
  )
}

/** Turns an example into a module: adds imports, and wraps examples of options. */
function createProgramText(
  text: string,
  subpaths: ReadonlyMap<string, string>,
  assumed: Readonly<Record<string, string>>,
): string {
  const isOption = /^\w+: /.test(text)
  const body = isOption ? `const shown: Partial<PocketOptions> = {\n${text}\n}` : text
  const named = new Set(body.match(/\b[A-Za-z]\w+\b/g))
  const declared = [...body.matchAll(/(?:const|let|using|class|function) (?:(\w+)|\{([^}]*)\})/g)]
  const own = new Set(declared.flatMap(([, each = '', list = '']) => [each, ...(list.match(/\w+/g) ?? [])]))
  const imports = [...named]
    .filter((each) => subpaths.has(each) && !own.has(each) && !new RegExp(`import .*\\b${each}\\b`).test(body))
    .map((each) => `import { ${each} } from '${subpaths.get(each)}'`)
  const input = Object.entries(assumed).flatMap(([each, type]) =>
    named.has(each) && !own.has(each) ? [`declare const ${each}: ${type}`] : [],
  )
  return `${imports.join('\n')}\n${input.join('\n')}\n${body}\nexport {}\n`
}
