import { type Command, Option } from 'commander'
import { type CommandContext, CommandError, UsageError } from '../command.ts'
import { requireConfirmation } from '../confirm.ts'
import { printResult, withExamples, withJson } from '../output.ts'
import { type Api, type Item, pathSegment, withApi } from './api.ts'
import { closestName, hintOf, searchParts } from './suggestion.ts'
import { detailLines, tableLines } from './table.ts'

/** An option that becomes a field of the request. */
export interface Field {
  /** For example `--first-name <name>`; `--admin` also adds `--no-admin`. */
  readonly flags: string
  readonly key: string
  readonly description: string
  /** By default both. */
  readonly on?: 'create' | 'update'
  readonly parse?: (text: string) => unknown
}

/** The common part of the commands of a resource. */
export interface Resource {
  /** For example `users`. */
  readonly command: string
  /** The argument, for example `user`. */
  readonly noun: string
  /** For example `users` and `a user`. */
  readonly plural: string
  readonly singular: string
  readonly path: string
  /** The fields that identify an item in addition to its ID, in a list and in arguments. */
  readonly names: readonly string[]
  readonly columns: Readonly<Record<string, (item: Item) => unknown>>
  readonly fields: readonly Field[]
  /** Fields of the current item that an update writes again unchanged. */
  readonly kept?: readonly string[]
  /** What cannot be restored after the item has been deleted. */
  readonly deletion: string
  readonly examples: readonly string[]
}

export interface JsonOption {
  readonly json?: boolean
}

export interface ConfirmOption extends JsonOption {
  readonly yes?: boolean
}

/** Adds `list`, `show`, `create`, `update` and `delete`, and returns the command for those that only this resource has. */
export function addResource(program: Command, context: CommandContext, resource: Resource): Command {
  const { command, noun, plural, singular, path, columns, examples } = resource
  const parent = program.command(command).description(`administer ${plural}; a server may be running`)
  withExamples(parent, examples)

  withJson(parent.command('list').description(`list ${plural}`))
    .option('--search <text>', 'only those that match')
    .action(async ({ search, ...options }: JsonOption & { readonly search?: string }) => {
      const items = await withApi(context, (api) => api.listAll(path, search ? { search } : {}))
      const values = Object.values(columns)
      printResult(items, options, {
        print: context.print,
        linesOf: () =>
          tableLines(
            Object.keys(columns),
            items.map((item) => values.map((toValue) => toValue(item))),
          ),
      })
    })

  withJson(parent.command('show').description(`show ${singular}`).argument(`<${noun}>`, argumentText(resource))).action(
    async (name: string, options: JsonOption) =>
      printItem(await withApi(context, (api) => find(api, resource, name)), options, context),
  )

  withFields(withJson(parent.command('create').description(`create ${singular}`)), resource, 'create').action(
    async (options: Item & JsonOption) => {
      const body = enteredFields(options, resource)
      printItem(await withApi(context, (api) => api.call({ method: 'POST', path, body })), options, context)
    },
  )

  withFields(
    withJson(parent.command('update').description(`change ${singular}`).argument(`<${noun}>`, argumentText(resource))),
    resource,
    'update',
  ).action(async (name: string, options: Item & JsonOption) => {
    const changes = enteredFields(options, resource)
    if (Object.keys(changes).length === 0) throw new UsageError('name at least one field to change')
    printItem(await withApi(context, (api) => update(api, resource, name, changes)), options, context)
  })

  parent
    .command('delete')
    .description(`delete ${singular}`)
    .argument(`<${noun}>`, argumentText(resource))
    .option('-y, --yes', 'do not ask')
    .action(async (name: string, options: ConfirmOption) => {
      await withApi(context, async (api) => {
        const item = await find(api, resource, name)
        await requireConfirmation(`Delete ${nameOf(item, resource)}? ${resource.deletion}`, options, context)
        await api.call({ method: 'DELETE', path: itemPath(resource, item) })
      })
    })
  return parent
}

/** Changes some fields of an item and keeps the others. */
export async function update(api: Api, resource: Resource, name: string, changes: Item): Promise<Item> {
  const item = await find(api, resource, name)
  const keys = new Set([
    ...resource.fields.filter(({ on }) => on !== 'create').map(({ key }) => key),
    ...(resource.kept ?? []),
  ])
  return api.change(itemPath(resource, item), (current) => ({
    ...Object.fromEntries(Object.entries(current).filter(([key]) => keys.has(key))),
    ...changes,
  }))
}

/**
 * The item with this ID or name.
 *
 * @throws {CommandError} if there is none, or if several have the name
 */
export async function find(api: Api, resource: Resource, name: string): Promise<Item> {
  const item = await api.read(itemPath(resource, { id: name }))
  if (item) return item
  const candidates = await api.listAll(resource.path, { search: name })
  const matches = candidates.filter((candidate) => resource.names.some((key) => candidate[key] === name))
  const [match, ...others] = matches
  if (!match) {
    const hint = hintOf(await similarName(api, resource, name))
    throw new CommandError(`There is no ${resource.noun} with this name or ID: ${name}${hint}`)
  }
  if (others.length > 0) {
    const ids = matches.map(({ id }) => id).join(', ')
    throw new CommandError(`Several ${resource.plural} have this name. Use an ID: ${ids}`)
  }
  return api.call({ method: 'GET', path: itemPath(resource, match) })
}

/** The name or ID of an item that is similar to a misspelled one. A search does not find IDs, so the first items are also read. */
async function similarName(api: Api, { path, names }: Resource, misspelled: string): Promise<string | undefined> {
  const pages = await Promise.all(
    ['', ...searchParts(misspelled)].map((search) =>
      api.call<{ readonly data: readonly Item[] }>({
        method: 'GET',
        path: `${path}?${new URLSearchParams({ search, 'pagination[limit]': '100' })}`,
      }),
    ),
  )
  const items = pages.flatMap(({ data }) => data)
  const candidates = items.flatMap((item) => [...names, 'id'].map((key) => item[key]))
  return closestName(
    misspelled,
    candidates.filter((name) => typeof name === 'string'),
  )
}

/** The IDs of the items with these IDs or names. @throws {CommandError} as `find` */
export async function findIds(api: Api, resource: Resource, names: readonly string[]): Promise<readonly string[]> {
  const ids: string[] = []
  for (const name of names) ids.push(String((await find(api, resource, name)).id))
  return ids
}

export function itemPath({ path }: Pick<Resource, 'path'>, { id }: Item): string {
  return `${path}/${pathSegment(String(id))}`
}

export function nameOf(item: Item, { names }: Pick<Resource, 'names'>): string {
  return (
    names.map((key) => item[key]).find((name): name is string => typeof name === 'string' && name !== '') ??
    String(item.id)
  )
}

function printItem(item: Item, options: JsonOption, { print }: Pick<CommandContext, 'print'>): void {
  printResult(item, options, { print, linesOf: () => detailLines(item) })
}

function argumentText({ names }: Resource): string {
  return ['ID', ...names].join(' or ')
}

function withFields(command: Command, { fields }: Resource, on: 'create' | 'update'): Command {
  for (const field of fields.filter((candidate) => candidate.on === undefined || candidate.on === on)) {
    const option = new Option(field.flags, field.description)
    command.addOption(field.parse ? option.argParser(field.parse) : option)
    if (!field.flags.includes('<')) command.addOption(new Option(field.flags.replace('--', '--no-')).hideHelp())
  }
  return command.addHelpText('after', '\nAn option without a value has an opposite: --no-public for --public.')
}

function enteredFields(options: Item, { fields }: Resource): Item {
  return Object.fromEntries(
    fields.flatMap(({ flags, key }) => {
      const value = options[new Option(flags).attributeName()]
      return value === undefined ? [] : [[key, value]]
    }),
  )
}
