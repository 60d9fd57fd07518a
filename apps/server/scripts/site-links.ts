import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The links of a built site that lead to a missing page or anchor. */
export function deadLinks(site: string, base: string): readonly string[] {
  const files = readdirSync(site, { recursive: true, encoding: 'utf8' })
  const existing = new Set(files)
  const pages = new Map(
    files
      .filter((file) => file.endsWith('.html'))
      .map((file) => [file, parsePage(readFileSync(join(site, file), 'utf8'))]),
  )
  const problemOf = (from: string, href: string): string | undefined => {
    const { pathname, hash } = new URL(href, `https://site${base}${urlPath(from)}`)
    const path = decodeURIComponent(pathname)
    const file = path.startsWith(base) && findFile(path.slice(base.length), existing)
    if (!file) return `${from} links to the missing page ${href}`
    const anchor = decodeURIComponent(hash.slice(1))
    return anchor === '' || pages.get(file)?.anchors.has(anchor) !== false
      ? undefined
      : `${from} links to the missing anchor ${href}`
  }
  const problems = [...pages].flatMap(([from, { links }]) => links.flatMap((href) => problemOf(from, href) ?? []))
  return pages.size === 0 ? ['the site has no page'] : problems
}

function parsePage(html: string) {
  // Inline scripts contain the texts of pages.
  const markup = html.replaceAll(/<script\b.*?<\/script>/gs, '')
  const attributeValues = (attribute: string) => [
    ...new Set(
      Array.from(markup.matchAll(new RegExp(`<[^>]+\\s${attribute}="([^"]*)"`, 'g')), ([, value = '']) =>
        value.replaceAll('&amp;', '&'),
      ),
    ),
  ]
  return {
    links: [...attributeValues('href'), ...attributeValues('src')].filter((link) => !/^[a-z]+:/i.test(link)),
    anchors: new Set(attributeValues('id')),
  }
}

/** The URL path of a page without `.html`. */
function urlPath(file: string): string {
  return file.replace(/(^|\/)index\.html$/, '$1').replace(/\.html$/, '')
}

function findFile(path: string, existing: ReadonlySet<string>): string | undefined {
  const candidates = path === '' || path.endsWith('/') ? [`${path}index.html`] : [path, `${path}.html`]
  return candidates.find((candidate) => existing.has(candidate) && /\.\w+$/.test(candidate))
}
