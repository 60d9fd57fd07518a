import { setPageHeaders } from '@pocket/core/internal'
import type { Context } from 'koa'
import { once } from '../http/once.ts'
import type { PageRoute } from '../http/page-routes.ts'
import type { Json } from './components.ts'
import type { OpenApiDocument } from './document.ts'
import { type Html, type HtmlValue, html } from './html.ts'

export interface ApiDocsDeps {
  readonly document: () => OpenApiDocument
  /** The URL of the style sheet. */
  readonly styles: string
  /** The URL of the style sheet with the custom appearance, if there is one. */
  readonly appearance: () => Promise<string | null>
}

/** `/api/docs`: the readable API documentation. */
export function openApiPage({ document, styles, appearance }: ApiDocsDeps): readonly PageRoute[] {
  // The document is the same for everyone except one line of its head.
  const page = once(() => docsPage(document(), styles).text.split('</head>', 2))
  const pages = {
    async show(ctx: Context) {
      setPageHeaders(ctx.res)
      ctx.type = 'html'
      const [start = '', end = ''] = page()
      const href = await appearance()
      const link = href === null ? '' : html`<link rel="stylesheet" href="${href}">\n`.text
      ctx.body = `${start}${link}</head>${end}`
    },
  }

  return [{ method: 'get', path: '/api/docs', handle: pages.show }]
}

function docsPage(document: OpenApiDocument, styles: string): Html {
  const operations = Object.entries(memberAt(document, 'paths')).flatMap(([path, item]) =>
    Object.entries(members(item)).map(([method, operation]) => ({ path, method, operation: members(operation) })),
  )
  const areas = [...new Set(operations.map(({ operation }) => areaOf(operation)))]
  const schemas = Object.entries(memberAt(document, 'components', 'schemas'))
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>REST API</title>
<link rel="stylesheet" href="${styles}">
</head>
<body class="shell">
<nav aria-label="Areas">
<ul class="list" role="list">${[...areas, 'schemas'].map((area) => html`<li><a href="#${area}">${area}</a></li>`)}</ul>
</nav>
<main id="content" class="stack-lg">
<header><h1>REST API</h1>
<p>Send an API key as <code>X-API-Key</code>. Programs read <a href="/api/openapi.json">the document</a> (OpenAPI 3.1).</p></header>
${areas.map(
  (area) => html`<section class="stack" id="${area}"><h2>${area}</h2>
${operations.filter(({ operation }) => areaOf(operation) === area).map(operationArticle)}</section>
`,
)}<section class="stack" id="schemas"><h2>schemas</h2>
${schemas.map(
  ([
    name,
    schema,
  ]) => html`<article class="card claims-card" id="${name}"><h3>${name}</h3>${fieldList(members(schema))}</article>
`,
)}</section>
</main>
</body>
</html>
`
}

interface DocumentedOperation {
  readonly method: string
  readonly path: string
  readonly operation: Members
}

function operationArticle({ method, path, operation }: DocumentedOperation): Html {
  const body = memberAt(operation, 'requestBody', 'content', 'application/json', 'schema')
  const [[status = '', answer = null] = []] = Object.entries(memberAt(operation, 'responses'))
  const content = memberAt(members(answer), 'content', 'application/json', 'schema')
  const parameters = list(operation.parameters).map((parameter) => members(parameter))
  return html`<article class="card claims-card"><h3><code>${method.toUpperCase()} ${path}</code></h3>
<p>${text(operation.summary)}. ${accessDescription(operation)}</p>
<dl class="claims">${[
    parameters.length > 0 ? row('Parameters', joinWithCommas(parameters.flatMap(parameterNames))) : '',
    Object.keys(body).length > 0 ? row('Body', typeOf(body)) : '',
    row('Response', [status, ' ', Object.keys(content).length > 0 ? typeOf(content) : '']),
  ]}</dl></article>
`
}

function row(term: HtmlValue, description: HtmlValue): Html {
  return html`<div><dt>${term}</dt><dd>${description}</dd></div>`
}

/** A parameter as it appears in a URL: `search`, or `sort[column]` and `sort[direction]`. */
function parameterNames({ name, schema = null }: Members): readonly Html[] {
  const inner = Object.keys(memberAt(members(schema), 'properties'))
  const names = inner.length > 0 ? inner.map((member) => `${text(name)}[${member}]`) : [text(name)]
  return names.map((name) => html`<code>${name}</code>`)
}

function joinWithCommas(values: readonly HtmlValue[]): HtmlValue {
  return values.flatMap((value, index) => (index === 0 ? [value] : [', ', value]))
}

function accessDescription({ security, description }: Members): string {
  const requirements = list(security)
  if (requirements.length === 0) return 'Public.'
  const audience = text(description ?? '') || 'For signed-in users.'
  return requirements.length === 1 ? `${audience} Not with an API key.` : audience
}

/** Describes a schema in words. */
function typeOf(schema: Json): HtmlValue {
  const { $ref, type, enum: values, items, properties, format } = members(schema)
  if (typeof $ref === 'string') {
    const name = $ref.slice($ref.lastIndexOf('/') + 1)
    return html`<a href="#${name}">${name}</a>`
  }
  if (values !== undefined) return html`<code>${list(values).map(text).join(' | ')}</code>`
  if (items !== undefined) return html`list of ${typeOf(items)}`
  if (properties !== undefined)
    return joinWithCommas(
      Object.entries(members(properties)).map(([name, property]) => html`<code>${name}</code>: ${typeOf(property)}`),
    )
  const types = Array.isArray(type) ? type.map(text).join(' or ') : text(type ?? 'anything')
  return format === undefined ? types : `${types} (${text(format)})`
}

function fieldList(schema: Members): Html {
  const required = new Set(list(schema.required))
  const rows = Object.entries(memberAt(schema, 'properties')).map(([name, property]) =>
    row(html`<code>${name}</code>`, [
      typeOf(property),
      required.has(name) ? '' : ', optional',
      '. ',
      text(members(property).description ?? ''),
    ]),
  )
  return html`<dl class="claims">${rows}</dl>`
}

type Members = Readonly<Record<string, Json>>

/** The members of an object; empty for any other value. */
function members(value: Json): Members {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
  return isObject ? Object.fromEntries(Object.entries<Json>(value)) : {}
}

function memberAt(value: Members, ...path: readonly string[]): Members {
  return path.reduce<Members>((current, name) => members(current[name] ?? null), value)
}

function list(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? value : []
}

function text(value: Json | undefined): string {
  return typeof value === 'string' ? value : ''
}

function areaOf(operation: Members): string {
  return text(list(operation.tags)[0])
}
