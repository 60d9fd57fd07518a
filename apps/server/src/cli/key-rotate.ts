import { parseArgs } from 'node:util'
import { codeOf, messageOf } from '../logging/failure.ts'
import { type Command, UsageError } from './command.ts'
import { openInstance } from './open-instance.ts'

/** Duplicates the list of core, which only the commands that need it load. */
const algorithms = ['RS256', 'PS256', 'ES256', 'EdDSA']
const curve = 'Ed25519'

/** Replaces the signing keys. A running server picks them up within a minute. */
export const keyRotate: Command = {
  usage: 'key-rotate [--alg ALG] [--now] [--yes]',
  summary: 'replace the signing keys; --now does it immediately and invalidates all tokens they signed',

  async run(args, context) {
    const { alg: algorithm, now: immediately, yes } = optionsOf(args)
    const question = `Replace ${algorithm ? `the ${algorithm} signing key` : 'the signing keys'}${immediately ? ' immediately and invalidate all tokens that the old ones signed' : ''}?`
    const isConfirmed = yes || (await context.confirm(question))
    if (isConfirmed === undefined) throw new UsageError('--yes is required without a terminal')
    if (!isConfirmed) {
      context.printError('Nothing was changed.')
      return 1
    }
    await using app = await openInstance(context)
    const replaced = await app.rotateKeys({ algorithm, immediately })
    for (const { algorithm: alg, kid, signsFrom } of replaced)
      context.print(`${alg}: ${kid} signs from ${new Date(signsFrom).toISOString()} on.`)
    return 0
  },
}

interface Options {
  readonly alg: string | undefined
  readonly now: boolean
  readonly yes: boolean
}

function optionsOf(args: readonly string[]): Options {
  const { alg, crv, now, yes } = parseArguments(args)
  if (alg !== undefined && !algorithms.includes(alg))
    throw new UsageError(`--alg must be one of ${algorithms.join(', ')}`)
  if (crv !== undefined && (alg !== 'EdDSA' || crv !== curve))
    throw new UsageError(`--crv must be ${curve} and requires --alg EdDSA`)
  return { alg, now, yes }
}

function parseArguments(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        alg: { type: 'string', short: 'a' },
        crv: { type: 'string', short: 'c' },
        now: { type: 'boolean', default: false },
        yes: { type: 'boolean', short: 'y', default: false },
      },
    }).values
  } catch (error) {
    if (codeOf(error)?.startsWith('ERR_PARSE_ARGS')) throw new UsageError(messageOf(error))
    throw error
  }
}
