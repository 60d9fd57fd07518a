declare module 'swagger-ui-dist/swagger-ui-es-bundle.js' {
  /** Renders an OpenAPI document into an element. */
  const SwaggerUI: (options: Readonly<Record<string, unknown>>) => unknown
  export { SwaggerUI as default }
}
