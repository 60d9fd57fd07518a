import type { IncomingMessage } from 'node:http'
import { Busboy, type BusboyConfig, type BusboyHeaders, type BusboyInstance } from '@fastify/busboy'
import { InvalidInputError } from '@pocket/core/errors'
import type { Context } from 'koa'
import { fileTooLarge } from './image-errors.ts'

/** The size of a form without its file. */
const maxOverheadBytes = 16 * 1024

/** Bytes of a rejected form that are received and discarded. */
const maxDiscardedBytes = 32 * 1024 * 1024

/**
 * Reads the field `file` of a form (`multipart/form-data`, RFC 7578), up to `maxBytes`.
 *
 * @throws {InvalidInputError} `invalid_request_body` for another content type, a damaged body, or one without the field
 * @throws {PayloadTooLargeError} `file_too_large`
 */
export async function readUpload(ctx: Context, maxBytes: number): Promise<Buffer> {
  const contentType = ctx.get('Content-Type')
  if (!ctx.is('multipart/form-data')) throw invalidBody('The body must be sent as multipart/form-data.')
  const maxRequestBytes = maxBytes + maxOverheadBytes
  try {
    if ((ctx.request.length ?? 0) > maxRequestBytes) throw fileTooLarge(maxBytes)
    return await receiveFile(ctx, { ...ctx.headers, 'content-type': contentType }, maxBytes)
  } catch (error) {
    drain(ctx.req, maxDiscardedBytes)
    throw error
  }
}

function receiveFile({ req }: Context, headers: BusboyHeaders, maxBytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const limits = { files: 1, fields: 10, parts: 11, fieldSize: 1024, headerPairs: 50, fileSize: maxBytes }
    const form = formReader({ headers, limits })
    const rejectDamaged = (cause?: unknown) => reject(invalidBody('The form data is malformed.', cause))
    let file: Buffer | undefined
    let received = 0

    form.on('file', (name, stream) => {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('limit', () => reject(fileTooLarge(maxBytes)))
      stream.on('error', rejectDamaged)
      stream.on('end', () => {
        if (name === 'file') file = Buffer.concat(chunks)
      })
    })
    form.on('error', rejectDamaged)
    form.on('finish', () => {
      if (file === undefined) reject(invalidBody('The form has no file in its field "file".'))
      else resolve(file)
    })
    req.on('data', (chunk: Buffer) => {
      received += chunk.length
      if (received > maxBytes + maxOverheadBytes) reject(fileTooLarge(maxBytes))
    })
    req.on('aborted', rejectDamaged)
    req.on('error', rejectDamaged)
    req.pipe(form)
  })
}

/**
 * Receives and discards more of a rejected body before closing the connection. Some clients read no response before they have
 * sent everything, and closing early loses the response (RFC 9112 §9.6).
 */
function drain(req: IncomingMessage, limit: number): void {
  let remaining = limit
  req.unpipe()
  req.on('data', (chunk: Buffer) => {
    remaining -= chunk.length
    if (remaining < 0) req.socket.destroy()
  })
  req.resume()
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
