import type { IncomingMessage } from 'node:http'
import Provider from 'oidc-provider'
import { type AuditSink, noOrigin } from '../../audit/audit-sink.ts'
import { clientChanges } from '../../clients/client-changes.ts'
import type { DocumentEvents } from '../../clients/metadata-documents.ts'
import { requestContext } from '../../http/request-context.ts'

export function documentEvents(audit: AuditSink, req: IncomingMessage | undefined): DocumentEvents {
  const origin = req ? requestContext(req) : noOrigin
  return {
    async changed(before, { id, ...after }) {
      const changes = clientChanges(before, { id, ...after })
      if (before)
        await audit.record(
          { event: 'client_updated', clientId: id, fields: Object.keys(changes.changes ?? {}), ...changes },
          origin,
        )
      else
        await audit.record(
          { event: 'client_registered', clientId: id, method: 'metadata_document', ...changes },
          origin,
        )
    },
  }
}

/** The same for the current request of the library. */
export function currentDocumentEvents(audit: AuditSink): () => DocumentEvents {
  return () => documentEvents(audit, Provider.ctx?.req)
}
