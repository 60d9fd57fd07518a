import { createHash } from 'node:crypto'
import { AwsClient } from 'aws4fetch'
import type { S3Config } from '../config/files.ts'
import type { FileStore } from './file-store.ts'

const timeout = 15_000

/** Files in an S3-compatible bucket. */
export function s3FileStore(config: S3Config): FileStore {
  const { accessKeyId, secretAccessKey, region } = config
  const client = new AwsClient({ accessKeyId, secretAccessKey, region, service: 's3', retries: 2 })
  const objectUrl = objectUrlBuilder(config)

  const call = async (method: string, name: string, body?: Buffer): Promise<Response> => {
    const digest = createHash('sha256')
      .update(body ?? '')
      .digest('hex')
    return client.fetch(objectUrl(name), {
      method,
      headers: { 'x-amz-content-sha256': digest, ...(body && { 'content-type': 'application/octet-stream' }) },
      ...(body && { body: new Uint8Array(body) }),
      signal: AbortSignal.timeout(timeout),
    })
  }

  return {
    async read(name) {
      const response = await call('GET', name)
      if (response.status === 404) return undefined
      return Buffer.from(await (await assertOk(response, `read ${name}`)).arrayBuffer())
    },
    async write(name, bytes) {
      await assertOk(await call('PUT', name, bytes), `write ${name}`)
    },
    async remove(name) {
      const response = await call('DELETE', name)
      if (response.status !== 404) await assertOk(response, `remove ${name}`)
    },
  }
}

function objectUrlBuilder({ endpoint, bucket, region, forcePathStyle, prefix }: S3Config): (name: string) => string {
  const base = new URL(endpoint ?? `https://s3.${region}.amazonaws.com`)
  if (!forcePathStyle) base.hostname = `${bucket}.${base.hostname}`
  const parts = [base.pathname, forcePathStyle ? bucket : '', prefix].map((part) => part.replace(/^\/+|\/+$/g, ''))
  const path = parts.filter((part) => part !== '')
  return (name) => new URL(`/${[...path, name].join('/')}`, base).href
}

async function assertOk(response: Response, action: string): Promise<Response> {
  if (response.ok) return response
  const body = (await response.text()).slice(0, 500)
  throw new Error(`The S3 storage failed to ${action}: ${response.status} ${body}`)
}
