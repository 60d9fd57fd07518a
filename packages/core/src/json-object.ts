/** The members of a JSON object. */
export type JsonObject = Readonly<Record<string, unknown>>

/** Whether a parsed JSON value is an object. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The object in a JSON string; `undefined` for any other string. */
export function parseJsonObject(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return isJsonObject(value) ? { ...value } : undefined
  } catch {
    return undefined
  }
}
