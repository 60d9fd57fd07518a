import { gzipSync } from 'node:zlib'
import { expect, test } from '@jest/globals'
import { pageScript } from '../../src/default-views/generated/page-script.ts'

test('the browser module stays below 6,000 bytes, compressed with gzip', () => {
  expect(gzipSync(pageScript).byteLength).toBeLessThanOrEqual(6000)
})
