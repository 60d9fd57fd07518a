import { type Operation, operation } from '../http/api/operation.ts'
import type { OpenApiDocument } from './document.ts'

/** `/api/openapi.json`. The document is passed lazily, because it describes this operation too. */
export function openApiOperations(document: () => OpenApiDocument): readonly Operation[] {
  return [
    operation({
      id: 'openApiDocument',
      method: 'get',
      path: '/api/openapi.json',
      summary: 'Read this document',
      area: 'settings',
      response: { status: 200, schema: { type: 'object' } },
      async handle({ ctx }) {
        ctx.set('Cache-Control', 'public, max-age=300')
        return document()
      },
    }),
  ]
}
