import { PocketError, UnavailableError } from '../errors.ts'
import type { AuditSink, RequestOrigin } from './audit-sink.ts'
import type { AuditEvent } from './events.ts'

const recorded = new WeakSet<PocketError>()

export interface Refusal {
  readonly error: PocketError
  readonly event: AuditEvent
  readonly origin: RequestOrigin
}

/** Excludes a rejection from the audit log in all layers. */
export function skipRecording(error: PocketError): void {
  recorded.add(error)
}

/** Records a rejection once, although several layers see it: the innermost layer has the most details. */
export async function recordRefusal(audit: AuditSink, { error, event, origin }: Refusal): Promise<void> {
  // The audit log is in the same unavailable database.
  if (recorded.has(error) || error instanceof UnavailableError) return
  recorded.add(error)
  await audit.record(event, origin)
}

/** Runs an operation outside any transaction and audits its rejection. `at` is the called operation. */
export async function withRefusalsRecorded<T>(
  audit: AuditSink,
  { at, origin }: { readonly at: string; readonly origin: RequestOrigin },
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof PocketError) {
      const event = { event: 'request_refused', endpoint: at, code: error.code, reason: error.message } as const
      await recordRefusal(audit, { error, event, origin })
    }
    throw error
  }
}
