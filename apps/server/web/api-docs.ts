import SwaggerUI from 'swagger-ui-dist/swagger-ui-es-bundle.js'

SwaggerUI({
  url: '/api/openapi.json',
  dom_id: '#content',
  deepLinking: true,
  // Requests from this page would be sent with the session of the reader.
  supportedSubmitMethods: [],
  validatorUrl: null,
})
