const markup: unique symbol = Symbol('markup')

/** Text that is HTML already. Only {@link html} makes it. */
export interface Html {
  readonly [markup]: string
}

type Part = Html | string | number | null | undefined | false | readonly Part[]

/** Everything that is put into it is escaped, but what it has made itself; what says nothing is left out. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  const text = strings.map((string, index) => string + (index < parts.length ? written(parts[index]) : '')).join('')
  return { [markup]: text }
}

export function toText(page: Html): string {
  return page[markup]
}

/** Data for a script of the page: a block that browsers do not run, and that no data can end. */
export function dataBlock(id: string, data: unknown): Html {
  const json = JSON.stringify(data).replaceAll('<', '\\u003c')
  return { [markup]: `<script type="application/json" id="${written(id)}">${json}</script>` }
}

function written(part: Part): string {
  if (part === null || part === undefined || part === false) return ''
  if (typeof part === 'object') return markup in part ? part[markup] : part.map(written).join('')
  return String(part).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}
