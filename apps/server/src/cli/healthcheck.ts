import type { RequestOptions } from 'node:http'
import type { ConnectionOptions } from 'node:tls'
import type { Config } from '../composition/config.ts'
import type { ListenConfig } from '../config/listening.ts'
import { messageOf } from '../logging/failure.ts'
import { type AddCommand, CommandError, UsageError } from './command.ts'
import { withExamples } from './output.ts'

const maxWait = 5000

interface Options {
  readonly endpoint?: string
  readonly unixSocket?: string
  readonly verbose?: boolean
}

export const addHealthcheck: AddCommand = (program, context) => {
  const command = program
    .command('healthcheck')
    .description('check the health of a running server')
    .option('-e, --endpoint <url>', 'URL of the server (default: the local server)')
    .option('--unix-socket <path>', 'Unix socket of the server')
    .option('-v, --verbose', 'print the result of a successful check as well')
    .action(async (options: Options) => {
      const target = targetOf(options, context.readConfig)
      const failure = await probe(target)
      if (failure !== undefined) throw new CommandError(`${target.name} is unhealthy: ${failure}`)
      if (options.verbose) context.print(`${target.name} is healthy.`)
    })
  withExamples(command, ['healthcheck', 'healthcheck --endpoint https://id.example.com'])
}

interface Target {
  readonly name: string
  readonly secure: boolean
  readonly options: RequestOptions & Pick<ConnectionOptions, 'rejectUnauthorized'>
}

type LocalConfig = ListenConfig & Pick<Config, 'tls'>

function targetOf({ endpoint, unixSocket }: Options, readConfig: () => LocalConfig): Target {
  if (endpoint !== undefined) return remoteTarget(endpoint)
  return unixSocket === undefined ? localTarget(readConfig()) : socketTarget(unixSocket)
}

function localTarget({ host, port, unixSocket, tls }: LocalConfig): Target {
  if (unixSocket !== undefined) return { ...socketTarget(unixSocket), secure: tls !== undefined }
  // A server that listens on all interfaces also listens on localhost.
  const hostname = host === '0.0.0.0' || host === '::' ? 'localhost' : host
  // The certificate names the public host, not this one.
  const options = { hostname, port, path: '/healthz', rejectUnauthorized: false }
  return { name: `${hostname}:${port}`, secure: tls !== undefined, options }
}

function socketTarget(socketPath: string): Target {
  return { name: socketPath, secure: false, options: { socketPath, path: '/healthz' } }
}

function remoteTarget(endpoint: string): Target {
  const url = URL.parse(endpoint)
  if (url === null || !/^https?:$/.test(url.protocol)) throw new UsageError(`"${endpoint}" is not an HTTP URL.`)
  const { hostname, port, protocol } = url
  const path = `${url.pathname.replace(/\/$/, '')}/healthz`
  const options = { hostname: hostname.replace(/^\[|\]$/g, ''), ...(port === '' ? {} : { port }), path }
  return { name: url.host, secure: protocol === 'https:', options }
}

/** Resolves to the problem, or to `undefined` if the server is healthy. */
async function probe({ secure, options }: Target): Promise<string | undefined> {
  const { promise, resolve } = Promise.withResolvers<string | undefined>()
  // TLS is loaded only if needed, because containers run this command often.
  const { request } = secure ? await import('node:https') : await import('node:http')
  const timeout = AbortSignal.timeout(maxWait)
  const call = request({ ...options, agent: false, signal: timeout }, ({ statusCode = 0 }) => {
    resolve(statusCode >= 200 && statusCode < 300 ? undefined : `it responds with status ${statusCode}`)
  })
  call.on('error', (error) => resolve(timeout.aborted ? `no response within ${maxWait} ms` : messageOf(error)))
  call.end()
  return promise.finally(() => call.destroy())
}
