import { setPageHeaders } from '@pocket/core/internal'
import type { Context } from 'koa'
import { type PageRoute, route } from '../http/page-routes.ts'

export interface ApiDocsDeps {
  /** The URL paths of the viewer, Swagger UI. */
  readonly script: string
  readonly styles: string
}

export function openApiPage({ script, styles }: ApiDocsDeps): readonly PageRoute[] {
  const page = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>REST API</title>
<link rel="stylesheet" href="${styles}">
<script type="module" src="${script}"></script>
</head>
<body>
<main id="content"><h1>REST API</h1><p>This page needs JavaScript. <a href="/api/openapi.json">OpenAPI document</a></p></main>
</body>
</html>
`
  const pages = {
    async show(ctx: Context) {
      setPageHeaders(ctx.res)
      ctx.type = 'html'
      ctx.body = page
    },
  }

  return [route.get('/api/docs', pages.show)]
}
