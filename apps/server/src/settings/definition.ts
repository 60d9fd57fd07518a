/** What is wrong with a value. `code` is stable, `message` follows the name of the key. It never holds the value. */
export interface Fault {
  readonly code: 'required' | 'too_short' | 'too_long' | 'invalid_format' | 'oneof'
  readonly message: string
}

/** Looks at a value that is not empty. */
export type Check = (text: string) => Fault | undefined

/** One setting. All values are texts; `type` says what the text stands for. */
export interface SettingDefinition {
  /** Its name in the REST API and in the database. */
  readonly key: string
  /** The variable of the environment that wins over what is stored. */
  readonly env: string
  readonly type: 'string' | 'int' | 'bool'
  readonly default: string
  /** Whether everybody may read it. */
  readonly public?: true
  /** Whether it is stored encrypted and never shown. */
  readonly sensitive?: true
  /** Whether an empty value is refused, and an absent one; where not, it stands for the default. */
  readonly required?: true
  readonly check: Check
  /** For people, in Markdown. */
  readonly description: string
}

/** Stands for a secret that is set, in answers; who sends it back keeps the secret. */
export const placeholder = 'XXXXXXXXXX'

/** What is wrong with a value, if anything. */
export function faultOf({ required, check }: SettingDefinition, text: string): Fault | undefined {
  if (text !== '') return check(text)
  return required ? { code: 'required', message: 'is required' } : undefined
}
