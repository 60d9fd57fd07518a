import Provider, { type Adapter, errors } from 'oidc-provider'
import { isDocumentUrl } from '../clients/metadata-document.ts'
import type { MetadataDocuments } from '../clients/metadata-documents.ts'
import type { CoreContext } from '../context.ts'
import { InvalidInputError } from '../errors.ts'
import { createClientMetadata } from './client-metadata.ts'
import { currentDocumentEvents } from './registration/document-events.ts'
import type { Registrar } from './registration/registrar.ts'

export interface ClientAdapterServices {
  readonly registrar: Registrar
  readonly metadataDocuments: MetadataDocuments
}

export function clientAdapter(context: CoreContext, { registrar, metadataDocuments }: ClientAdapterServices): Adapter {
  const clientMetadata = createClientMetadata(context)
  const documentEvents = currentDocumentEvents(context.audit)
  const rejectWrite = async (): Promise<never> => {
    throw new errors.InvalidRequest('clients cannot be changed by this operation')
  }
  return {
    async find(id) {
      // Fetch a metadata document only during a request; other callers use the stored client.
      if (Provider.ctx && isDocumentUrl(id)) {
        const client = await metadataDocuments.resolve(id, documentEvents()).catch(refuseDocument)
        return client && clientMetadata(client)
      }
      // No ID contains NUL, and PostgreSQL rejects it in text values.
      const client = id.includes('\0') ? undefined : await context.stores.clients.findCached(id)
      return client && clientMetadata(client)
    },
    upsert: (id, metadata) => registrar.store(id, { ...metadata, client_id: id }),
    destroy: (id) => registrar.remove(id),
    consume: rejectWrite,
    findByUid: rejectWrite,
    findByUserCode: rejectWrite,
    revokeByGrantId: rejectWrite,
  }
}

function refuseDocument(error: unknown): never {
  if (error instanceof InvalidInputError) throw new errors.InvalidClient(error.message, { cause: error })
  throw error
}
