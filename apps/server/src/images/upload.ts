import type { IncomingMessage } from 'node:http'
import type { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { Busboy, type BusboyConfig, type BusboyHeaders, type BusboyInstance } from '@fastify/busboy'
import { InvalidInputError } from '@pocket/core/errors'
import type { Context } from 'koa'
import { discardBody } from '../http/discard-body.ts'
import { fileTooLarge } from './image-errors.ts'

const maxOverheadBytes = 16 * 1024

/**
 * Reads the field `file` of a form (`multipart/form-data`, RFC 7578), up to `maxBytes`.
 *
 * @throws {InvalidInputError} `invalid_request_body` for another content type, a damaged body, or one without the field
 * @throws {PayloadTooLargeError} `file_too_large`
 */
export function readUpload(ctx: Context, maxBytes: number): Promise<Buffer> {
  return receiveUpload(ctx, maxBytes, buffer)
}

/** Like {@link readUpload}, as a stream. Resolves to the result of `consume`, which rejects if the stream fails. */
export async function receiveUpload<Result>(
  ctx: Context,
  maxBytes: number,
  consume: (file: Readable) => Promise<Result>,
): Promise<Result> {
  const contentType = ctx.get('Content-Type')
  if (!ctx.is('multipart/form-data')) throw invalidBody('The body must be sent as multipart/form-data.')
  const maxRequestBytes = maxBytes + maxOverheadBytes
  try {
    if ((ctx.request.length ?? 0) > maxRequestBytes) throw fileTooLarge(maxBytes)
    return await receiveFile(ctx.req, { headers: { ...ctx.headers, 'content-type': contentType }, maxBytes, consume })
  } catch (error) {
    await discardBody(ctx)
    throw error
  }
}

interface Reception<Result> {
  readonly headers: BusboyHeaders
  readonly maxBytes: number
  readonly consume: (file: Readable) => Promise<Result>
}

async function receiveFile<Result>(
  req: IncomingMessage,
  { headers, maxBytes, consume }: Reception<Result>,
): Promise<Result> {
  const limits = { files: 1, fields: 10, parts: 11, fieldSize: 1024, headerPairs: 50, fileSize: maxBytes }
  const form = formReader({ headers, limits })
  const { promise: end, resolve, reject } = Promise.withResolvers<void>()
  let file: Readable | undefined
  let consumed: Promise<Result> | undefined
  let received = 0
  const fail = (error: Error) => {
    reject(error)
    file?.destroy(error)
  }
  const rejectDamaged = (cause?: unknown) => fail(invalidBody('The form data is malformed.', cause))

  form.on('file', (name, stream) => {
    if (name !== 'file') return stream.resume()
    file = stream
    stream.on('limit', () => fail(fileTooLarge(maxBytes)))
    consumed = consume(stream)
    consumed.catch(fail)
    return undefined
  })
  form.on('error', rejectDamaged)
  // Parsing a body of thousands of parts would occupy the process for seconds.
  form.on('partsLimit', () => rejectDamaged())
  form.on('finish', resolve)
  req.on('data', (chunk: Buffer) => {
    received += chunk.length
    if (received > maxBytes + maxOverheadBytes) fail(fileTooLarge(maxBytes))
  })
  req.on('aborted', rejectDamaged)
  req.on('error', rejectDamaged)
  req.pipe(form)
  try {
    await end
  } catch (error) {
    // Until the stream has ended, its consumer may still write.
    await consumed?.catch(() => undefined)
    throw error
  }
  if (consumed === undefined) throw invalidBody('The form has no file in its field "file".')
  return consumed
}

function formReader(config: BusboyConfig): BusboyInstance {
  try {
    return new Busboy(config)
  } catch (error) {
    // The boundary is missing.
    throw invalidBody('The form data is malformed.', error)
  }
}

function invalidBody(message: string, cause?: unknown): InvalidInputError {
  return new InvalidInputError('invalid_request_body', message, { cause })
}
