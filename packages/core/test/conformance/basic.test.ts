import { describe } from '@jest/globals'
import { basicModules } from './basic-modules.ts'
import { requestObjectModules } from './request-object-modules.ts'

describe('oidcc-basic-certification-test-plan', () => {
  basicModules('query')
  requestObjectModules('query')
})
