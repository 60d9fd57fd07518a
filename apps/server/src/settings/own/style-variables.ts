import { styleVariables as known, readStyleVariables } from '../../appearance/style-variables.ts'
import { type GivenValue, InvalidValueError } from '../../config/variable.ts'
import type { OwnSetting } from './definition.ts'

const longest = 4000
const description = `Style sheet variables, separated by semicolons or line breaks, such as \`--paper: #fff\`: ${known.map((name) => `\`${name}\``).join(', ')}.`

/** Custom style variables, in addition to the accent colour. */
export const styleVariables: OwnSetting<string> = {
  schema: { type: 'string', maxLength: longest, description },
  default: '',
  variable: { name: 'STYLE_VARIABLES', type: 'text', default: 'none', description, parse },
  read(value) {
    const text = typeof value === 'string' ? value : ''
    const { wrong } = readStyleVariables(text)
    if (wrong === null) return { value: text.trim() }
    return {
      fault: {
        at: `[${wrong.line}]`,
        code: 'invalid_format',
        message: 'must be a variable that is known, and a value',
      },
    }
  },
}

function parse({ text }: GivenValue): string {
  const { wrong } = readStyleVariables(text)
  if (wrong !== null)
    throw new InvalidValueError(
      `"${wrong.text.slice(0, 100)}" sets no variable that is known`,
      'Write --paper: #fff, for instance.',
    )
  if (text.length > longest) throw new InvalidValueError('it is too long', `Write ${longest} characters at most.`)
  return text.trim()
}
