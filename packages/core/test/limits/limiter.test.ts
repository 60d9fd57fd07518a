import { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import { expect, test } from '@jest/globals'
import { memoryStores } from '@pocket/core/memory'
import { noAudit } from '../../src/audit/audit-sink.ts'
import { createLimiter } from '../../src/limits/limiter.ts'
import type { LimitName } from '../../src/limits/policies.ts'

test('limits guesses of all unknown addresses together, and none of their other attempts', async () => {
  const limiter = createLimiter({
    store: memoryStores().limits,
    audit: noAudit,
    clock: { now: () => 0 },
    onError(error) {
      throw error
    },
  })
  const countAdmitted = async (name: LimitName) => {
    const attempts = Array.from({ length: 20 }, () => limiter.consume(new IncomingMessage(new Socket()), name))
    return (await Promise.allSettled(attempts)).filter(({ status }) => status === 'fulfilled').length
  }
  expect([await countAdmitted('one-time-access-token'), await countAdmitted('webauthn-login')]).toEqual([5, 20])
})
