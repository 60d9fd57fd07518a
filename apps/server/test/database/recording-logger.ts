import { createLogger, type Logger } from '../../src/logging/logger.ts'

/** A logger that stores its lines and passes each to a listener. */
export function recordingLogger(onLine: (line: string) => void = () => {}): {
  readonly logger: Logger
  readonly lines: string[]
} {
  const lines: string[] = []
  const write = (line: string) => {
    lines.push(line)
    onLine(line)
  }
  const logger = createLogger({ logLevel: 'debug', logJson: true }, { write })
  return { logger, lines }
}
