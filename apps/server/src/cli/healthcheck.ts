import { type RequestOptions, request } from 'node:http'
import { request as secureRequest } from 'node:https'
import { parseArgs } from 'node:util'
import { ConfigurationError } from '@pocket/core/errors'
import type { ListenConfig } from '../config/listening.ts'
import { codeOf, messageOf } from '../logging/failure.ts'
import { type Command, UsageError } from './command.ts'

const maxWait = 5000

/** Checks the health of a running server. */
export const healthcheck: Command = {
  usage: 'healthcheck [--endpoint URL]',
  summary: 'check the health of the local server, or of the server at URL; exit code 0 or 1',

  async run(args, context) {
    const endpoint = endpointOf(args)
    const target = endpoint === undefined ? localTarget(context.readConfig()) : remoteTarget(endpoint)
    const failure = await probe(target)
    if (failure === undefined) return 0
    context.printError(`${target.name} is unhealthy: ${failure}`)
    return 1
  },
}

interface Target {
  readonly name: string
  readonly secure: boolean
  readonly options: RequestOptions
}

function endpointOf(args: readonly string[]): string | undefined {
  try {
    return parseArgs({ args: [...args], options: { endpoint: { type: 'string', short: 'e' } } }).values.endpoint
  } catch (error) {
    if (codeOf(error)?.startsWith('ERR_PARSE_ARGS')) throw new UsageError(messageOf(error))
    throw error
  }
}

function localTarget({ host, port, unixSocket }: ListenConfig): Target {
  if (unixSocket !== undefined)
    return { name: unixSocket, secure: false, options: { socketPath: unixSocket, path: '/healthz' } }
  // A server that listens on all interfaces also listens on localhost.
  const hostname = host === '0.0.0.0' || host === '::' ? 'localhost' : host
  return { name: `${hostname}:${port}`, secure: false, options: { hostname, port, path: '/healthz' } }
}

function remoteTarget(endpoint: string): Target {
  const url = URL.parse(endpoint)
  if (url === null || !/^https?:$/.test(url.protocol)) throw new ConfigurationError(`"${endpoint}" is not an HTTP URL.`)
  const { hostname, port, protocol } = url
  const path = `${url.pathname.replace(/\/$/, '')}/healthz`
  const options = { hostname: hostname.replace(/^\[|\]$/g, ''), ...(port === '' ? {} : { port }), path }
  return { name: url.host, secure: protocol === 'https:', options }
}

/** Resolves to the problem, or to `undefined` if the server is healthy. */
async function probe({ secure, options }: Target): Promise<string | undefined> {
  const { promise, resolve } = Promise.withResolvers<string | undefined>()
  const send = secure ? secureRequest : request
  const timeout = AbortSignal.timeout(maxWait)
  const call = send({ ...options, agent: false, signal: timeout }, ({ statusCode = 0 }) => {
    resolve(statusCode >= 200 && statusCode < 300 ? undefined : `it responds with status ${statusCode}`)
  })
  call.on('error', (error) => resolve(timeout.aborted ? `no response within ${maxWait} ms` : messageOf(error)))
  call.end()
  return promise.finally(() => call.destroy())
}
