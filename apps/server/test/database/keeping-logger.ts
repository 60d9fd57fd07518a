import { createLogger, type Logger } from '../../src/logging/logger.ts'

/** A logger that keeps its lines, and hands each to whoever wants to act on it. */
export function keepingLogger(onLine: (line: string) => void = () => {}): {
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
