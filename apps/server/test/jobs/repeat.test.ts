import { expect, test } from '@jest/globals'
import { repeatByTimer } from '../../src/jobs/repeat.ts'

function timersThatKeepAlive(): number {
  return process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length
}

test('a repeated task runs periodically, and keeps no process alive', async () => {
  const before = timersThatKeepAlive()
  const { promise, resolve } = Promise.withResolvers<void>()
  let times = 0
  using _ = repeatByTimer(1, async () => {
    times += 1
    if (times === 3) resolve()
  })
  expect(timersThatKeepAlive()).toBe(before)
  await promise
  expect(times).toBe(3)
})
