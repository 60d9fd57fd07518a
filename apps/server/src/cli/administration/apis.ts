import type { AddCommand } from '../command.ts'
import { addResource } from './resource.ts'
import { apis } from './resources.ts'

export const addApis: AddCommand = (program, context) => {
  addResource(program, context, apis)
}
