import { Option } from 'commander'
import { type AddCommand, UsageError } from './command.ts'
import { requireConfirmation } from './confirm.ts'
import { openInstance } from './open-instance.ts'
import { printResult, withExamples, withJson } from './output.ts'

/** Duplicates core's list, because every command loads this file and only some load core. */
const algorithms = ['RS256', 'PS256', 'ES256', 'EdDSA']
const curve = 'Ed25519'

interface Options {
  readonly alg?: string
  readonly crv?: string
  readonly now?: boolean
  readonly yes?: boolean
  readonly json?: boolean
}

/** Replaces the signing keys. A running server picks them up within a minute. */
export const addKeyRotate: AddCommand = (program, context) => {
  const command = program
    .command('key-rotate')
    .description('replace the signing keys')
    .addOption(new Option('-a, --alg <algorithm>', 'replace the key of one algorithm only').choices(algorithms))
    .addOption(new Option('-c, --crv <curve>', 'curve of EdDSA').choices([curve]))
    .option('--now', 'sign with the new keys immediately and invalidate all tokens that the old ones signed')
    .option('-y, --yes', 'do not ask for confirmation')
    .action(async (options: Options) => {
      const { alg: algorithm, now: immediately = false, crv } = options
      if (crv !== undefined && algorithm !== 'EdDSA') throw new UsageError('--crv requires --alg EdDSA')
      const question = `Replace ${algorithm ? `the ${algorithm} signing key` : 'the signing keys'}${immediately ? ' immediately and invalidate all tokens that the old ones signed' : ''}?`
      await requireConfirmation(question, options, context)
      await using app = await openInstance(context)
      const keys = (await app.rotateKeys({ algorithm, immediately })).map(({ signsFrom, ...key }) => ({
        ...key,
        signsFrom: new Date(signsFrom).toISOString(),
      }))
      printResult({ keys }, options, {
        print: context.print,
        linesOf: () => keys.map((key) => `${key.algorithm}: ${key.kid} signs from ${key.signsFrom} on.`),
      })
    })
  withExamples(withJson(command), ['key-rotate', 'key-rotate --alg ES256 --yes'])
}
