import { type GivenValue, InvalidValueError } from '../../config/variable.ts'
import { choiceSetting } from './choice.ts'
import type { OwnSetting } from './definition.ts'

export const passkeyNonCompliance = choiceSetting(
  'PASSKEY_NON_COMPLIANCE',
  ['keep', 'warn', 'require'],
  'Treatment of existing passkeys that do not comply with the policy: they keep working (`keep`), their owners are warned (`warn`), or they are rejected from `passkeyNonComplianceFrom` on (`require`).',
)

const description =
  'The date from which `require` rejects non-compliant passkeys, such as 2027-03-01 (UTC). Empty means immediately.'
const instruction = 'Write a day, such as 2027-03-01.'

export const passkeyNonComplianceFrom: OwnSetting<string> = {
  schema: { type: 'string', maxLength: 10, description },
  default: '',
  variable: {
    name: 'PASSKEY_NON_COMPLIANCE_FROM',
    type: 'date',
    default: 'at once',
    description,
    parse({ text }: GivenValue) {
      if (isDay(text)) return text
      throw new InvalidValueError(`"${text.slice(0, 100)}" is no day`, instruction)
    },
  },
  read: (value) =>
    typeof value === 'string' && (value === '' || isDay(value))
      ? { value }
      : { fault: { at: '', code: 'invalid_format', message: 'must be a day, such as 2027-03-01' } },
}

function isDay(value: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(value)) return false
  const at = Date.parse(`${value}T00:00:00Z`)
  // Some engines parse 31 February as 3 March.
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(value)
}
