import { type LogConfig, type LogLevel, logLevels } from '../logging/logger.ts'
import type { Reader } from './reader.ts'
import { parseBoolean, parseEnum, type Section, type Variable } from './variable.ts'

const logLevel: Variable<LogLevel> = {
  name: 'LOG_LEVEL',
  type: logLevels.map((level) => `\`${level}\``).join(', '),
  default: 'info',
  description: 'The minimum level of log lines.',
  parse: parseEnum(logLevels),
}

const logJson: Variable<boolean> = {
  name: 'LOG_JSON',
  type: 'boolean',
  default: 'false',
  description: 'Write each log line as a JSON object.',
  parse: parseBoolean,
}

export const loggingSection = {
  title: 'Log',
  introduction: 'The log goes to standard output.',
  variables: { logLevel, logJson },
} satisfies Section

export function readLogging(reader: Reader): LogConfig {
  return { logLevel: reader.read(logLevel) ?? 'info', logJson: reader.read(logJson) ?? false }
}
