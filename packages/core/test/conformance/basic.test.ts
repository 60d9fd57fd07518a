import { describe } from '@jest/globals'
import { basicModules } from './basic-modules.ts'

describe('oidcc-basic-certification-test-plan', () => basicModules('query'))
