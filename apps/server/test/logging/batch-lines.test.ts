import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, jest, test } from '@jest/globals'
import { batchLines } from '../../src/logging/batch-lines.ts'

test('The lines of 50 ms are written together, or of 32 kB', () => {
  jest.useFakeTimers()
  try {
    const written: string[] = []
    const output = batchLines({ write: (text) => void written.push(text) })
    output.write('one\n')
    jest.advanceTimersByTime(49)
    output.write('two\n')
    expect(written).toEqual([])
    jest.advanceTimersByTime(1)
    expect(written).toEqual(['one\ntwo\n'])
    const long = `${'x'.repeat(32_768)}\n`
    output.write(long)
    expect(written).toEqual(['one\ntwo\n', long])
    output.write('three\n')
    jest.advanceTimersByTime(50)
    expect(written).toEqual(['one\ntwo\n', long, 'three\n'])
  } finally {
    jest.useRealTimers()
  }
})

test('A process that exits writes its last lines', async () => {
  const module = JSON.stringify(new URL('../../src/logging/batch-lines.ts', import.meta.url).href)
  const program = `import { batchLines } from ${module}; batchLines(process.stdout).write('last'); process.exit()`
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program])
  expect(stdout).toBe('last')
})
