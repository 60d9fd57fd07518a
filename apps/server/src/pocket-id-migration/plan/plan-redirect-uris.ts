import { redirectUriProblem } from '@pocket/core/internal'

export interface SourceRedirectUris {
  readonly uris: readonly string[]
  /** The redirect URIs that the client has used, as far as they are stored. */
  readonly used: ReadonlySet<string>
  readonly launchUrl: string | null
}

/** The nearest redirect URIs that this provider accepts; `label` names their kind. */
export function planRedirectUris(
  { uris, used, launchUrl }: SourceRedirectUris,
  label: string,
  changed: (reason: string) => void,
): readonly string[] {
  const planned = uris.flatMap((uri): readonly string[] => {
    const problem = redirectUriProblem(uri)
    if (problem === undefined) return [uri]
    if (problem === 'fragment') {
      const stripped = uri.replace(/#.*$/s, '')
      changed(`The ${label} ${uri} is now ${stripped}: a redirect URI must not have a fragment (RFC 6749, 3.1.2).`)
      return [stripped]
    }
    if (problem !== 'wildcard') {
      changed(`The ${label} ${uri} was removed: it is not a redirect URI that can be registered (${problem}).`)
      return []
    }
    const known = knownUris(used, launchUrl)
    const remedy =
      known.length > 0
        ? `it is now ${known.join(', ')}, which the client is known to use.`
        : 'the client has none now; its page shows which one it requests.'
    changed(`The ${label} ${uri} allows every URL, which lets anyone receive its tokens; ${remedy}`)
    return known
  })
  return [...new Set(planned)]
}

function knownUris(used: ReadonlySet<string>, launchUrl: string | null): readonly string[] {
  const origin = URL.parse(launchUrl ?? '')?.origin
  const candidates = [...used, ...(origin === undefined || origin === 'null' ? [] : [`${origin}/**`])]
  return candidates.filter((uri) => redirectUriProblem(uri) === undefined)
}
