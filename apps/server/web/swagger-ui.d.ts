declare module 'swagger-ui-dist/swagger-ui-es-bundle.js' {
  /** Renders an OpenAPI document into an element. */
  const SwaggerUI: (options: Readonly<Record<string, unknown>>) => unknown

  // biome-ignore lint/style/noDefaultExport: the package has only a default export
  export default SwaggerUI
}
