import { execFile } from 'node:child_process'
import { setImmediate as nextIteration } from 'node:timers/promises'
import { promisify } from 'node:util'
import { expect, test } from '@jest/globals'
import { batchLines } from '../../src/logging/batch-lines.ts'

test('The lines of an iteration of the event loop are written together', async () => {
  const written: string[] = []
  const output = batchLines({ write: (text) => void written.push(text) })
  output.write('one\n')
  output.write('two\n')
  expect(written).toEqual([])
  await nextIteration()
  output.write('three\n')
  await nextIteration()
  expect(written).toEqual(['one\ntwo\n', 'three\n'])
})

test('A process that exits writes its last lines', async () => {
  const module = JSON.stringify(new URL('../../src/logging/batch-lines.ts', import.meta.url).href)
  const program = `import { batchLines } from ${module}; batchLines(process.stdout).write('last'); process.exit()`
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program])
  expect(stdout).toBe('last')
})
