interface Entry {
  readonly level?: unknown
  readonly time?: unknown
  readonly msg?: unknown
  readonly err?: unknown
}

// Characters that could start a line, move the cursor or change the text direction.
const controlCharacters = /[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/gu

/**
 * Formats JSON log entries, one per line, as readable text: `time LEVEL message key=value`. The stack of an error follows on indented
 * lines. Values cannot forge other lines.
 */
export function readableLines(json: string): string {
  return json.trimEnd().split('\n').map(readableLine).join('')
}

function readableLine(json: string): string {
  const { level, time, msg, err, ...rest }: Entry = JSON.parse(json)
  const message = escapeControlCharacters(String(msg ?? ''))
  let line = `${String(time)} ${String(level).toUpperCase().padEnd(5)} ${message}`
  for (const [key, value] of Object.entries(err === undefined ? rest : { ...rest, ...errorFields(err) }))
    line += ` ${escapeControlCharacters(key)}=${formatValue(value)}`
  return `${line}\n${stackOf(err)}`
}

function errorFields(err: unknown): Record<string, unknown> {
  if (typeof err !== 'object' || err === null) return { err }
  const { type, message, stack, code }: Readonly<Record<string, unknown>> = { ...err }
  return { ...(code === undefined ? {} : { code }), ...(stack === undefined ? { error: `${type}: ${message}` } : {}) }
}

function stackOf(err: unknown): string {
  if (typeof err !== 'object' || err === null || !('stack' in err)) return ''
  const lines = String(err.stack).split('\n')
  return lines.map((line) => `    ${escapeControlCharacters(line.trim())}\n`).join('')
}

function formatValue(value: unknown): string {
  if (typeof value === 'string' && (/^[!#-<>-~]+$/.test(value) || /^[^\s"=\p{Cc}\p{Cf}]+$/u.test(value))) return value
  return escapeControlCharacters(JSON.stringify(value))
}

function escapeControlCharacters(text: string): string {
  // A fast path for ASCII: matching Unicode classes is several times slower.
  if (/^[ -~]*$/.test(text)) return text
  return text.replace(controlCharacters, (character) => {
    const code = character.charCodeAt(0).toString(16).padStart(4, '0')
    return `\\u${code}`
  })
}
