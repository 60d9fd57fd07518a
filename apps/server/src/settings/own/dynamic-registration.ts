import { type GivenValue, InvalidValueError } from '../../config/variable.ts'
import type { OwnSetting } from './definition.ts'

const modes = ['off', 'with-token', 'open'] as const
export type DynamicRegistrationMode = (typeof modes)[number]

/** Who may register clients dynamically (RFC 7591). */
export const dynamicRegistration: OwnSetting<DynamicRegistrationMode> = {
  schema: {
    type: 'string',
    enum: modes,
    description:
      'Who may register clients by dynamic client registration (RFC 7591): nobody, who has an initial access token, or anybody.',
  },
  default: 'off',
  variable: {
    name: 'DYNAMIC_REGISTRATION',
    type: modes.map((mode) => `\`${mode}\``).join(', '),
    default: 'off',
    description:
      'Who may use dynamic client registration (RFC 7591): no one (`off`), holders of an initial access token (`with-token`), or anyone (`open`). `open` is for test instances.',
    parse,
  },
  read(value) {
    const mode = modes.find((each) => each === value)
    return mode ? { value: mode } : { fault: { at: '', code: 'oneof', message: `must be one of ${modes.join(', ')}` } }
  },
}

function parse({ text }: GivenValue): DynamicRegistrationMode {
  const mode = modes.find((each) => each === text)
  if (mode) return mode
  throw new InvalidValueError(`"${text.slice(0, 100)}" says nothing`, `Write ${modes.join(', ')}.`)
}
