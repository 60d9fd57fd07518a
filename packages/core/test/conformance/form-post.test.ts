import { describe } from '@jest/globals'
import { basicModules } from './basic-modules.ts'
import { requestObjectModules } from './request-object-modules.ts'

describe('oidcc-formpost-basic-certification-test-plan', () => {
  basicModules('form_post')
  requestObjectModules('form_post')
})
