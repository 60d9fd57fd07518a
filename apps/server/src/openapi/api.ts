import { type Operation, operationsIn } from '../http/api/operation.ts'
import type { OpenApiDocument } from './document.ts'

const settingsApi = operationsIn('settings')

/** `/api/openapi.json`. The document is passed lazily, because it describes this operation too. */
export function openApiOperations(document: () => OpenApiDocument): readonly Operation[] {
  return [
    settingsApi.get('/api/openapi.json', {
      id: 'openApiDocument',
      summary: 'Read this document',
      response: { status: 200, schema: { type: 'object' } },
      async handle({ ctx }) {
        ctx.set('Cache-Control', 'public, max-age=300')
        return document()
      },
    }),
  ]
}
