import type { IncomingMessage } from 'node:http'
import rawBody from 'raw-body'
import { InvalidInputError, PayloadTooLargeError } from '../errors.ts'
import { isJsonObject } from '../json-object.ts'

/** Maximum size in bytes. A passkey response has a few thousand bytes. */
const limit = 100_000

/**
 * Reads a JSON object from the request body.
 *
 * @throws {InvalidInputError} `invalid_request_body` if it is not an object or not sent as `application/json`
 * @throws {PayloadTooLargeError} `payload_too_large`
 */
export async function readJsonObject(req: IncomingMessage): Promise<Readonly<Record<string, unknown>>> {
  if (!/^application\/([\w.-]+\+)?json\s*(;|$)/i.test(req.headers['content-type'] ?? ''))
    throw new InvalidInputError('invalid_request_body', 'The body must be sent as application/json.')
  return parseJsonObject(await readText(req, limit))
}

/**
 * Reads form fields from a request body of at most `limit` bytes; returns no fields if there is no body.
 *
 * @throws {InvalidInputError} `invalid_request_body` if it was not sent as `application/x-www-form-urlencoded`
 * @throws {PayloadTooLargeError} `payload_too_large`
 */
export async function readForm(req: IncomingMessage, limit: number): Promise<URLSearchParams> {
  const { 'content-type': type, 'content-length': length, 'transfer-encoding': encoding } = req.headers
  if (type === undefined && encoding === undefined && Number(length ?? 0) === 0) return new URLSearchParams()
  if (!/^application\/x-www-form-urlencoded\s*(;|$)/i.test(type ?? ''))
    throw new InvalidInputError('invalid_request_body', 'The body must be sent as application/x-www-form-urlencoded.')
  return new URLSearchParams(await readText(req, limit))
}

function readText(req: IncomingMessage, limit: number): Promise<string> {
  return rawBody(req, { limit, length: req.headers['content-length'] ?? null, encoding: 'utf8' }).catch(
    (cause: unknown) => {
      if (cause instanceof Error && 'type' in cause && cause.type === 'entity.too.large')
        throw new PayloadTooLargeError('payload_too_large', 'The body is too large.', {
          cause,
          details: { limit: String(limit) },
        })
      throw new InvalidInputError('invalid_request_body', 'The body could not be read.', { cause })
    },
  )
}

function parseJsonObject(text: string): Readonly<Record<string, unknown>> {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw new InvalidInputError('invalid_request_body', 'The body is not JSON.', { cause })
  }
  if (!isJsonObject(value)) throw new InvalidInputError('invalid_request_body', 'The body must be a JSON object.')
  return { ...value }
}
