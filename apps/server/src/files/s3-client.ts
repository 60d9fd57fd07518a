import { createHash } from 'node:crypto'
import { AwsClient } from 'aws4fetch'
import type { S3Config } from '../config/files.ts'

const defaultTimeout = 15_000

export interface S3Request {
  readonly method: 'GET' | 'PUT' | 'POST' | 'DELETE'
  /** The name of an object below the configured prefix; absent for the bucket itself. */
  readonly name?: string
  readonly query?: Readonly<Record<string, string>>
  readonly body?: Buffer
  readonly signal?: AbortSignal
  /** Milliseconds until the whole response was read. */
  readonly timeout?: number
}

export interface S3Client {
  /** The key of an object: its name below the configured prefix. */
  keyOf(name: string): string
  /** Resolves to the response, whatever its status. */
  send(request: S3Request): Promise<Response>
  /** @throws {Error} with the response of the storage if it reports an error */
  sendOk(request: S3Request): Promise<Response>
}

export function createS3Client(config: S3Config): S3Client {
  const { accessKeyId, secretAccessKey, region, bucket, endpoint, forcePathStyle, prefix } = config
  const client = new AwsClient({ accessKeyId, secretAccessKey, region, service: 's3', retries: 2 })
  const base = new URL(endpoint ?? `https://s3.${region}.amazonaws.com`)
  if (!forcePathStyle) base.hostname = `${bucket}.${base.hostname}`
  const join = (...parts: readonly string[]) =>
    parts
      .map((part) => part.replace(/^\/+|\/+$/g, ''))
      .filter((part) => part !== '')
      .join('/')
  const keyOf = (name: string) => join(prefix, name)
  const urlOf = ({ name, query = {} }: S3Request) => {
    const url = new URL(
      `/${join(base.pathname, forcePathStyle ? bucket : '', name === undefined ? '' : keyOf(name))}`,
      base,
    )
    for (const [field, value] of Object.entries(query)) url.searchParams.set(field, value)
    return url.href
  }
  const send = (request: S3Request) => {
    const { method, body, signal, timeout = defaultTimeout } = request
    const digest = createHash('sha256')
      .update(body ?? '')
      .digest('hex')
    const signals = [AbortSignal.timeout(timeout), ...(signal ? [signal] : [])]
    return client.fetch(urlOf(request), {
      method,
      headers: { 'x-amz-content-sha256': digest, ...(body && { 'content-type': 'application/octet-stream' }) },
      ...(body && { body: new Uint8Array(body) }),
      signal: AbortSignal.any(signals),
    })
  }
  return {
    keyOf,
    send,
    sendOk: async (request) => assertOk(await send(request), `${request.method} ${request.name ?? bucket}`),
  }
}

export async function assertOk(response: Response, action: string): Promise<Response> {
  if (response.ok) return response
  const body = (await response.text()).slice(0, 500)
  throw new Error(`The S3 storage failed to ${action}: ${response.status} ${body}`)
}
