/** The cause of a failed delivery, with a message below `emails.problems`. */
export type SmtpProblem =
  | 'not_set_up'
  | 'host'
  | 'refused'
  | 'timeout'
  | 'certificate'
  | 'tls'
  | 'credentials'
  | 'recipient'
  | 'expired'

/** By the codes of nodemailer and Node, then by replies (RFC 5321 §4.2, RFC 4954 §6); the first match counts. */
const patterns: readonly (readonly [SmtpProblem, RegExp])[] = [
  ['not_set_up', /No SMTP server is configured/],
  ['expired', /expired before it could be sent/],
  ['host', /ENOTFOUND|EAI_AGAIN|EDNS/],
  ['refused', /ECONNREFUSED|ECONNRESET|EHOSTUNREACH|ENETUNREACH/],
  ['certificate', /certificate|CERT_|ALTNAME/i],
  ['tls', /ETLS|STARTTLS|wrong version number|EPROTO|SSL routines/i],
  ['timeout', /ETIMEDOUT|timeout|in time/i],
  ['credentials', /EAUTH|\b53[045]\b/],
  ['recipient', /EENVELOPE|\b55[0-4]\b/],
]

/** `null` if only the text explains the failure. */
export function smtpProblemOf(text: string | null): SmtpProblem | null {
  return (text !== null && patterns.find(([, pattern]) => pattern.test(text))?.[0]) || null
}
