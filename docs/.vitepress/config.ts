import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { posix } from 'node:path'
import type { MarkdownRenderer } from 'vitepress'
import { defineConfig } from 'vitepress'
import { applicationPage, applications } from './application-pages.ts'

const { repository, homepage }: { readonly repository: { readonly url: string }; readonly homepage: string } =
  JSON.parse(read('../../package.json'))
const source = `${repository.url.replace(/^git\+|\.git$/g, '')}/blob/main`
const icon = `data:image/svg+xml,${encodeURIComponent(read('../../apps/server/web/favicon.svg'))}`

// The search of VitePress finds only pages that are files.
const generated = new URL('../generated/applications/', import.meta.url)
rmSync(generated, { recursive: true, force: true })
mkdirSync(generated, { recursive: true })
for (const application of applications)
  writeFileSync(new URL(`${application.id}.md`, generated), applicationPage(application))

/** The site: `pnpm site` builds it, `pnpm exec vitepress dev docs` shows it while a page is written. */
export default defineConfig({
  title: 'Pocket',
  description: 'Sign in to everything with a passkey',
  lang: 'en',
  base: new URL(homepage).pathname,
  cleanUrls: true,
  rewrites: {
    'README.md': 'index.md',
    'decisions/README.md': 'decisions/index.md',
    'generated/applications/:id.md': 'applications/:id.md',
  },
  markdown: { anchor: { slugify: toAnchor }, config: linkToSource, languageAlias: { haproxy: 'nginx' } },
  head: [['link', { rel: 'icon', href: icon }]],
  themeConfig: {
    logo: icon,
    search: {
      provider: 'local',
      options: {
        // Guides come first. VitePress sends the text of this function to the browser.
        miniSearch: { searchOptions: { boostDocument: (id: string) => (id.includes('/reference/') ? 0.3 : 1) } },
        // Decision records would hide the guides.
        _render: (text, env, markdown) => (env.relativePath.startsWith('decisions/') ? '' : markdown.render(text, env)),
      },
    },
    outline: [2, 3],
    sidebar: [
      ...sidebarOf(read('../README.md')),
      {
        text: 'Applications',
        collapsed: true,
        items: applications.map(({ id, name }) => ({ text: name, link: `/applications/${id}` })),
      },
    ],
    socialLinks: [{ icon: 'github', link: source.slice(0, source.indexOf('/blob/')) }],
  },
})

function read(path: string): string {
  return readFileSync(new URL(path, import.meta.url), 'utf8')
}

/** The index of the documentation is the sidebar too: its headings are the groups, its list items the pages. */
function sidebarOf(index: string) {
  return index
    .split(/^## /m)
    .slice(1)
    .map((section, number) => ({
      text: section.slice(0, section.indexOf('\n')),
      collapsed: number > 3,
      items: Array.from(section.matchAll(/^- \[([^\]]+)\]\((?!\.\.)([^)]+)\.md\)/gm), ([, text = '', path = '']) => ({
        text,
        link: `/${path.replace(/(^|\/)README$/, '$1')}`,
      })),
    }))
    .filter(({ items }) => items.length > 0)
}

/** The anchor of a heading, as GitHub makes it, where the same pages are read too. */
function toAnchor(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}_ -]/gu, '')
    .replaceAll(' ', '-')
}

/** Links to files that are not pages of the site lead to the repository. */
function linkToSource({ core }: MarkdownRenderer): void {
  core.ruler.push('link-to-source', ({ tokens, env }) => {
    for (const token of tokens.flatMap(({ children }) => children ?? [])) {
      const href = token.attrGet('href')
      if (token.type !== 'link_open' || href === null || /^([a-z]+:|#|\/)/.test(href)) continue
      const path = posix.join('docs', posix.dirname(env.relativePath), href)
      const [file = ''] = path.split('#')
      const isPage = file.startsWith('docs/') && file.endsWith('.md')
      token.attrSet('href', isPage ? href.replace(/README\.md(?=#|$)/, 'index.md') : `${source}/${path}`)
    }
  })
}
