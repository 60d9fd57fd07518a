import type { Setting } from '../../settings/setting.ts'
import { type AddCommand, type CommandContext, CommandError, UsageError } from '../command.ts'
import { printResult, withExamples, withJson } from '../output.ts'
import { readSecretFile } from '../secrets.ts'
import { type Api, type Item, withApi } from './api.ts'
import type { JsonOption } from './resource.ts'
import { wholeNumber } from './resources.ts'
import { closestName, hintOf } from './suggestion.ts'
import { cell, detailLines } from './table.ts'

const additional = '/api/settings'
const configuration = '/api/application-configuration'

interface Variable {
  readonly key: string
  readonly value: string
}

export const addSettings: AddCommand = (program, context) => {
  const parent = program.command('settings').description('read and change settings; a server may be running')
  withExamples(parent, [
    'settings list',
    'settings get appName',
    'settings set appName "Our home"',
    'settings set smtpPassword --value-file password.txt',
  ])

  withJson(parent.command('list').description('list all settings; secrets are masked')).action(
    async (options: JsonOption) => {
      const values = await withApi(context, readSettings)
      printResult(values, options, { print: context.print, linesOf: detailLines })
    },
  )

  withJson(parent.command('get').description('print a setting').argument('<key>', 'for example appName')).action(
    async (key: string, options: JsonOption) => {
      const values = await withApi(context, readSettings)
      if (!(key in values)) throw unknownSetting(key, values)
      printResult(values[key], options, { print: context.print, linesOf: (value) => [cell(value)] })
    },
  )

  parent
    .command('set')
    .description('change a setting; an empty value restores the default')
    .argument('<key>', 'for example appName')
    .argument('[value]', 'the new value; secrets are read from a file or asked for')
    .option('--value-file <file>', 'read the value from a file; - for standard input')
    .action(async (key: string, value: string | undefined, { valueFile }: { readonly valueFile?: string }) => {
      const text = await givenValue(key, { value, valueFile }, context)
      await withApi(context, (api) => changeSetting(api, key, text))
    })
}

async function readSettings(api: Api): Promise<Item> {
  const variables = await api.call<readonly Variable[]>({ method: 'GET', path: `${configuration}/all` })
  const { locked: _, ...others } = await api.call({ method: 'GET', path: additional })
  return { ...valuesOf(variables), ...others }
}

function valuesOf(variables: readonly Variable[]): Item {
  return Object.fromEntries(variables.map(({ key, value }) => [key, value]))
}

async function changeSetting(api: Api, key: string, text: string): Promise<void> {
  const values = await readSettings(api)
  if (!(key in values)) throw unknownSetting(key, values)
  if (key in (await api.call({ method: 'GET', path: additional }))) {
    const body = { [key]: text === '' ? null : jsonValue(text, values[key]) }
    await api.call({ method: 'PATCH', path: additional, body })
  } else {
    // This resource is read as a list of variables and written as an object.
    const { kind, default: defaultValue } = (await findSetting(key)) ?? {}
    const value = text === '' && kind ? kind.format(defaultValue) : text
    const merge = (current: unknown) => ({ ...valuesOf(current as readonly Variable[]), [key]: value })
    await api.change(`${configuration}/all`, merge, configuration)
  }
}

async function findSetting(key: string): Promise<Setting | undefined> {
  const { settingKeys, settingOf } = await import('../../settings/definitions.ts')
  const found = settingKeys.find((name) => name === key)
  return found && settingOf(found)
}

/** A value in the type that the setting has now. */
function jsonValue(text: string, current: unknown): unknown {
  if (typeof current === 'boolean') {
    if (text === 'true' || text === 'false') return text === 'true'
    throw new UsageError('the value must be true or false')
  }
  if (typeof current === 'number') {
    const number = wholeNumber(text)
    if (number === undefined) throw new UsageError('the value must be a whole number')
    return number
  }
  if (Array.isArray(current)) return text.split(',').map((part) => part.trim())
  return text
}

async function givenValue(
  key: string,
  { value, valueFile }: { readonly value: string | undefined; readonly valueFile: string | undefined },
  context: CommandContext,
): Promise<string> {
  if (value !== undefined && valueFile !== undefined) throw new UsageError('value and --value-file exclude each other')
  if (valueFile !== undefined) return readSecretFile(valueFile, context)
  if (value !== undefined) {
    // Other users of the machine can read the arguments of a process.
    if (value !== '' && (await findSetting(key))?.kind.isSecret)
      throw new UsageError(`${key} is a secret: use --value-file, or leave the value out`)
    return value
  }
  const answer = await context.askSecret(`${key}: `)
  if (answer === undefined)
    throw new UsageError('the value is missing; with --value-file - it is read from standard input')
  return answer
}

function unknownSetting(key: string, values: Item): CommandError {
  const names = Object.keys(values)
  const similar = names.filter((name) => name.toLowerCase().includes(key.toLowerCase()))
  const hint = hintOf(similar.length > 0 ? similar.join(', ') : closestName(key, names))
  return new CommandError(`There is no setting ${key}${hint || '.'}`)
}
