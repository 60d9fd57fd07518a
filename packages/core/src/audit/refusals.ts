import { PocketError, Unavailable } from '../errors.ts'
import type { AuditSink, RequestOrigin } from './audit-sink.ts'
import type { AuditEvent } from './events.ts'

const recorded = new WeakSet<PocketError>()

export interface Refusal {
  readonly error: PocketError
  readonly event: AuditEvent
  readonly origin: RequestOrigin
}

/** Keeps a refusal out of the audit log, whichever layers see it pass. */
export function skipRecording(error: PocketError): void {
  recorded.add(error)
}

/** Writes a refusal down once, however many layers see it pass: the one that knows most comes first. */
export async function recordRefusal(audit: AuditSink, { error, event, origin }: Refusal): Promise<void> {
  // There is nowhere to write it: the audit log is in the database too.
  if (recorded.has(error) || error instanceof Unavailable) return
  recorded.add(error)
  await audit.record(event, origin)
}

/** Does something outside of every transaction, and writes down why it was refused. `at` is what was called. */
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
