import { describe, expect, test } from '@jest/globals'
import type { Configuration, Result } from '../../src/configuration-file/configuration.ts'
import type { ConfigurationFile } from '../../src/configuration-file/load.ts'
import { InvalidFileError } from '../../src/configuration-file/problem.ts'
import { createConfigurationWatch } from '../../src/configuration-file/watch.ts'
import { recordingLogger } from '../database/recording-logger.ts'

const minute = 60_000
const problem = { line: 2, column: 3, field: 'groups[0]', message: 'is wrong' }

/** A watch whose clock and timer the test moves. */
async function createWatchFixture(content: ConfigurationFile['content'], { isMissing = false } = {}) {
  const calls: string[] = []
  const applied: string[] = []
  const state = {
    now: 0,
    text: 'one',
    /** Written after the next read. */
    textAfterRead: undefined as string | undefined,
    isMissing,
    invalid: false,
    isUnavailable: false,
    result: { outcome: 'current', changes: [] } as Result,
  }
  const change = { action: 'update', kind: 'groups', name: 'family', fields: [] } as const
  let tick = async () => {}
  const { logger, lines } = recordingLogger()
  const record = (name: string) => async () => {
    calls.push(name)
    if (state.isUnavailable) throw new Error('The database does not respond.')
    return name === 'apply' && state.result.outcome === 'current' ? { ...state.result, changes: [] } : state.result
  }
  const configuration: Pick<Configuration, 'apply' | 'compare'> = {
    apply(file) {
      applied.push(file.digest)
      return record('apply')()
    },
    compare: record('compare'),
  }
  const watch = createConfigurationWatch({
    read() {
      if (state.isMissing) throw new InvalidFileError('pocket.yaml', [problem])
      const { text } = state
      state.text = state.textAfterRead ?? text
      return text
    },
    load(text) {
      if (state.invalid) throw new InvalidFileError('pocket.yaml', [problem])
      const file = { source: 'pocket.yaml', name: 'pocket.yaml', digest: text, content }
      return { ...file, problems: [], hasProblem: () => false, problem: () => problem }
    },
    configuration,
    logger,
    clock: { now: () => state.now },
    repeat(_, work) {
      tick = work
      return { [Symbol.dispose]() {} }
    },
  })
  const names = () => watch.findings().map(({ name }) => name)
  await watch.start()
  return { state, calls, applied, watch, names, change, lines, tick: () => tick() }
}

describe('the watch of a configuration file', () => {
  test('applies at start and when the file changes, and compares at intervals', async () => {
    const { state, calls, tick } = await createWatchFixture({})
    await tick()
    expect(calls).toEqual(['apply'])
    state.text = 'two'
    await tick()
    await tick()
    expect(calls).toEqual(['apply', 'apply'])
    state.now += minute / 2
    await tick()
    expect(calls).toEqual(['apply', 'apply', 'compare'])
  })

  test('does not apply a file that is still being written', async () => {
    const { state, calls, tick } = await createWatchFixture({})
    for (const text of ['t', 'tw', 'two']) {
      state.text = text
      await tick()
    }
    expect(calls).toEqual(['apply'])
    await tick()
    expect(calls).toEqual(['apply', 'apply'])
  })

  test('applies the text that it read twice, although the file changes after the read', async () => {
    const { state, applied, tick } = await createWatchFixture({})
    state.text = 'two'
    await tick()
    state.textAfterRead = 'thr'
    await tick()
    expect(applied).toEqual(['one', 'two'])
  })

  test('does not apply a file that appears later while it is being written', async () => {
    const { state, calls, watch, tick } = await createWatchFixture({}, { isMissing: true })
    expect(watch.isOperational()).toBe(false)
    state.isMissing = false
    for (const text of ['tw', 'two']) {
      state.text = text
      await tick()
    }
    expect(calls).toEqual([])
    await tick()
    expect([calls, watch.isOperational()]).toEqual([['apply'], true])
  })

  test('reports a difference, and reverts it within a minute if `enforce` is set', async () => {
    for (const enforce of [false, true]) {
      const { state, calls, names, change, tick } = await createWatchFixture({ enforce })
      state.result = { outcome: 'current', changes: [change] }
      state.now += minute / 2
      await tick()
      expect([calls, names()]).toEqual(
        enforce ? [['apply', 'compare', 'apply'], []] : [['apply', 'compare'], ['configurationDrifted']],
      )
    }
  })

  test('keeps the applied state while a later file is invalid, and stays operational', async () => {
    const { state, calls, names, watch, tick } = await createWatchFixture({})
    Object.assign(state, { text: 'two', invalid: true })
    await tick()
    await tick()
    expect([calls, names(), watch.isOperational()]).toEqual([['apply'], ['configurationInvalid'], true])
    Object.assign(state, { text: 'one', invalid: false })
    await tick()
    await tick()
    expect([calls, names()]).toEqual([['apply', 'apply'], []])
  })

  test('reports an invalid file to a process that does not serve, without a line in its log', async () => {
    const { state, names, watch, lines } = await createWatchFixture({})
    state.invalid = true
    const before = lines.length
    await watch.inspect()
    expect([names(), lines.slice(before)]).toEqual([['configurationInvalid'], []])
  })

  test('a failed comparison is repeated, and reverts nothing unless `enforce` is set', async () => {
    const { state, calls, names, change, tick } = await createWatchFixture({})
    Object.assign(state, { isUnavailable: true, result: { outcome: 'current', changes: [change] } })
    state.now += minute / 2
    await tick()
    expect(names()).toEqual(['configurationFailed'])
    state.isUnavailable = false
    state.now += minute / 2
    await tick()
    expect([calls, names()]).toEqual([['apply', 'compare', 'compare'], ['configurationDrifted']])
  })

  test('reverts nothing while another file applies', async () => {
    const { state, calls, names, change, tick } = await createWatchFixture({ enforce: true })
    state.result = { outcome: 'outdated', changes: [change] }
    state.now += minute / 2
    await tick()
    expect([calls, names()]).toEqual([['apply', 'compare'], ['configurationOutdated']])
  })

  test('does not revert another server with another file without a revision repeatedly, and logs that once', async () => {
    const { state, calls, names, change, tick, lines } = await createWatchFixture({ enforce: true })
    state.result = { outcome: 'replaced', changes: [change] }
    for (let check = 0; check < 3; check += 1) {
      state.now += minute / 2
      await tick()
    }
    expect([calls, names()]).toEqual([['apply', 'compare', 'compare', 'compare'], ['configurationReplaced']])
    expect(lines.filter((line) => line.includes('Another configuration file was applied'))).toHaveLength(1)
    state.text = 'two'
    await tick()
    await tick()
    expect(calls.at(-1)).toBe('apply')
  })
})
