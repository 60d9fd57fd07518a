/** A validation error of a value. `code` is stable, `message` follows the name of the key. It never contains the value. */
export interface Fault {
  readonly code: 'required' | 'too_short' | 'too_long' | 'invalid_format' | 'oneof'
  readonly message: string
}

/** Validates a non-empty value. */
export type Check = (text: string) => Fault | undefined

/** One setting. All values are strings; `type` states how they are parsed. */
export interface SettingDefinition {
  /** The name in the REST API and in the database. */
  readonly key: string
  /** The environment variable that overrides the stored value. */
  readonly env: string
  readonly type: 'string' | 'int' | 'bool'
  readonly default: string
  /** Whether the setting is public. */
  readonly public?: true
  /** Whether it is stored encrypted and never displayed. */
  readonly sensitive?: true
  /** Whether a missing or empty value is rejected; otherwise it means the default. */
  readonly required?: true
  readonly check: Check
  /** For readers, in Markdown. */
  readonly description: string
}

/** Replaces a stored secret in responses; sending it back keeps the secret. */
export const placeholder = 'XXXXXXXXXX'

/** The validation error of a value, if any. */
export function faultOf({ required, check }: SettingDefinition, text: string): Fault | undefined {
  if (text !== '') return check(text)
  return required ? { code: 'required', message: 'is required' } : undefined
}
