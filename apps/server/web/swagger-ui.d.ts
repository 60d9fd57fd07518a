declare module 'swagger-ui-dist/swagger-ui-es-bundle.js' {
  /** Renders an OpenAPI document into an element. */
  // biome-ignore lint/style/noDefaultExport: the export of the library.
  export default function SwaggerUI(options: Readonly<Record<string, unknown>>): unknown
}
