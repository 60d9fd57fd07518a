const markup: unique symbol = Symbol('markup')

/** Trusted HTML, which only {@link html} creates. */
export interface Html {
  readonly [markup]: string
}

type TemplatePart = Html | string | number | null | undefined | false | readonly TemplatePart[]

/** Escapes all inserted values except trusted HTML; empty values are omitted. */
export function html(strings: TemplateStringsArray, ...parts: readonly TemplatePart[]): Html {
  const text = strings.map((string, index) => string + (index < parts.length ? renderPart(parts[index]) : '')).join('')
  return { [markup]: text }
}

export function toText(page: Html): string {
  return page[markup]
}

/** Embeds JSON for a script of the page. Browsers do not run the block, and the data cannot close it. */
export function dataBlock(id: string, data: unknown): Html {
  const json = JSON.stringify(data).replaceAll('<', '\\u003c')
  return { [markup]: `<script type="application/json" id="${renderPart(id)}">${json}</script>` }
}

function renderPart(part: TemplatePart): string {
  if (part === null || part === undefined || part === false) return ''
  if (typeof part === 'object') return markup in part ? part[markup] : part.map(renderPart).join('')
  return String(part).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}
