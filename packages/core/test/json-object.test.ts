import { expect, test } from '@jest/globals'
import { parseJsonObject } from '../src/json-object.ts'

test.each([
  ['{"a":1}', { a: 1 }],
  ['[1]', undefined],
  ['null', undefined],
  ['"a"', undefined],
  ['{', undefined],
])('%s as a JSON object is %j', (text, value) => expect(parseJsonObject(text)).toEqual(value))
