import { type GivenValue, WrongValue } from '../../config/variable.ts'
import type { OwnSetting } from './definition.ts'
import { wordSetting } from './word.ts'

export const passkeyNonCompliance = wordSetting(
  'PASSKEY_NON_COMPLIANCE',
  ['keep', 'warn', 'require'],
  'What becomes of passkeys that were registered before the policy was tightened: they go on working (`keep`), their owners are told to add another one (`warn`), or they are refused from `passkeyNonComplianceFrom` on (`require`).',
)

const description =
  'The day from which `require` refuses passkeys that do not comply, such as 2027-03-01 (UTC). Empty for at once.'
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
      throw new WrongValue(`"${text.slice(0, 100)}" is no day`, instruction)
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
  // Some engines take the 31st of February for the 3rd of March.
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(value)
}
