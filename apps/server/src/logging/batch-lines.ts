import type { DestinationStream } from 'pino'

/**
 * Writes the lines of one iteration of the event loop together, because each write to a pipe is a system call that wakes up its
 * reader.
 */
export function batchLines(output: DestinationStream): DestinationStream {
  let lines = ''
  const flush = () => {
    const batch = lines
    lines = ''
    if (batch !== '') output.write(batch)
  }
  process.once('exit', flush)
  return {
    write(line) {
      if (lines === '') setImmediate(flush)
      lines += line
    },
  }
}
