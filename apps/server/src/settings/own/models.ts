import { type GivenValue, InvalidValueError, type Variable } from '../../config/variable.ts'
import type { OwnSetting } from './definition.ts'

const most = 200
const aaguid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** A list of authenticator models, by AAGUID. */
export function modelList(name: string, description: string): OwnSetting<readonly string[]> {
  const variable: Variable<readonly string[]> = {
    name,
    type: `AAGUIDs, ${most} at most, separated by commas`,
    default: 'none',
    description,
    parse,
  }
  return {
    schema: { type: 'array', maxItems: most, items: { type: 'string', maxLength: 36 }, description },
    default: [],
    variable,
    read(value) {
      const models = (Array.isArray(value) ? value : []).map((model) => String(model).trim().toLowerCase())
      const wrong = models.findIndex((model) => !aaguid.test(model))
      if (wrong >= 0) return { fault: { at: `[${wrong}]`, code: 'invalid_format', message: 'must be an AAGUID' } }
      return { value: [...new Set(models)] }
    },
  }
}

function parse({ text }: GivenValue): readonly string[] {
  const models = text.split(',').flatMap((part) => part.trim().toLowerCase() || [])
  const wrong = models.find((model) => !aaguid.test(model))
  if (wrong !== undefined)
    throw new InvalidValueError(
      `"${wrong.slice(0, 100)}" is no AAGUID`,
      'Write it as a UUID, such as 2fc0579f-8113-47ea-b116-bb5a8db9202a.',
    )
  if (models.length > most) throw new InvalidValueError(`it holds ${models.length} models`, `Write ${most} at most.`)
  return [...new Set(models)]
}
