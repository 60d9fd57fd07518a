import { parseWord } from '../../config/variable.ts'
import type { OwnSetting } from './definition.ts'

/** A setting with a fixed set of values; the first is the default. */
export function choiceSetting<const Word extends string>(
  name: string,
  words: readonly [Word, ...Word[]],
  description: string,
): OwnSetting<Word> {
  const [usual] = words
  return {
    schema: { type: 'string', enum: [...words], description },
    default: usual,
    variable: {
      name,
      type: words.join(' or '),
      default: usual,
      description,
      parse: parseWord(words),
    },
    read(value) {
      const word = words.find((each) => each === value)
      return word === undefined
        ? { fault: { at: '', code: 'oneof', message: `must be one of ${words.join(', ')}` } }
        : { value: word }
    },
  }
}
