import type { IncomingMessage } from 'node:http'
import { Readable } from 'node:stream'
import { expect, test } from '@jest/globals'
import { readForm } from '../../src/http/body.ts'
import { assertBodyUnread } from '../../src/http/unread-body.ts'

const form = { 'content-type': 'application/x-www-form-urlencoded' }
const chunked = { ...form, 'transfer-encoding': 'chunked' }

function request(body: string, headers: IncomingMessage['headers']): IncomingMessage {
  return Object.assign(Readable.from([Buffer.from(body)]), { headers }) as unknown as IncomingMessage
}

test('a form is read up to its limit, even if its length is not sent', async () => {
  expect(Object.fromEntries(await readForm(request('code=1234', chunked), 9))).toEqual({ code: '1234' })
  await expect(readForm(request('code=12345', chunked), 9)).rejects.toMatchObject({
    code: 'payload_too_large',
    details: { limit: '9' },
  })
})

test('a form that ends early is not used', async () => {
  const cut = request('code=1', { ...form, 'content-length': '9' })
  await expect(readForm(cut, 9)).rejects.toMatchObject({ code: 'invalid_request_body' })
})

test('a body that other middleware has read is reported', async () => {
  for (const [headers, isReported] of [
    [chunked, true],
    [{ 'content-length': '4' }, true],
    [{}, false],
  ] as const) {
    const read = request('a=bc', headers)
    expect(() => assertBodyUnread(read)).not.toThrow()
    await read.forEach(() => {})
    if (isReported) expect(() => assertBodyUnread(read)).toThrow('mount Pocket before any body parser')
    else expect(() => assertBodyUnread(read)).not.toThrow()
  }
})
