export type JsonObject = Readonly<Record<string, unknown>>

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Parses a JSON object. Throws if `text` is anything else; `what` names it in the message. */
export function parseJsonObject(text: string, what: string): JsonObject {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw new Error(`${what} is not JSON: ${text.slice(0, 200)}`, { cause })
  }
  if (!isJsonObject(value)) throw new Error(`${what} is not a JSON object: ${text.slice(0, 200)}`)
  return value
}
