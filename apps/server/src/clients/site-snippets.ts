import type { Client } from '@pocket/core'
import { assertionHeader, overridingHeaders, overridingPathHeaders } from '@pocket/core/internal'

/** The origin and the host that the configuration of a proxy contains. */
export interface SnippetAddresses {
  /** The origin where the proxy reaches this server. */
  readonly pocket: string
  readonly issuerHost: string
}

const application = '127.0.0.1:8080'
const tokenPattern = '[Bb][Ee][Aa][Rr][Ee][Rr] +pst_'

export interface Snippet {
  readonly name: string
  readonly text: string
}

/** The configurations of proxies for a protected site. Each overwrites the identity headers and removes the site's cookie. */
export function siteSnippets({ protocol }: Pick<Client, 'protocol'>, addresses: SnippetAddresses): readonly Snippet[] {
  const { protectedHosts, identityHeaders, identityAssertion, serviceTokenHeader } = protocol
  const headers = [...Object.values(identityHeaders), ...(identityAssertion ? [assertionHeader] : [])]
  const site = { hosts: protectedHosts, headers, serviceTokenHeader }
  return [
    { name: 'nginx', text: nginx(site, addresses) },
    { name: 'Caddy', text: caddy(site, addresses) },
    { name: 'Traefik', text: traefik(site, addresses) },
    { name: 'HAProxy', text: haproxy(site, addresses) },
    { name: 'Envoy', text: envoy(site, addresses) },
  ]
}

interface Site {
  readonly hosts: readonly string[]
  readonly headers: readonly string[]
  readonly serviceTokenHeader: string | null
}

function nginx({ hosts, headers, serviceTokenHeader }: Site, { pocket, issuerHost }: SnippetAddresses): string {
  const variables = headers.map((name) => [name, `$pocket_${name.toLowerCase().replaceAll('-', '_')}`] as const)
  return `# In http { }: the cookie and the service token without which the application gets the request.
map $http_cookie $pocket_cookie {
    "~^__Host-pocket-site=[^;]*(; *)?(?<pocket_rest>.*)$" $pocket_rest;
    "~^(?<pocket_first>.*); *__Host-pocket-site=[^;]*(?<pocket_last>.*)$" $pocket_first$pocket_last;
    default $http_cookie;
}
map $http_authorization $pocket_authorization {
    "~^${tokenPattern}" "";
    default $http_authorization;
}
# No other protocol, in which the application would get requests without a check, and no other hop-by-hop headers.
map $http_upgrade $pocket_upgrade {
    "~*^websocket$" websocket;
    default "";
}
map $pocket_upgrade $pocket_connection {
    websocket upgrade;
    default close;
}
${hosts.map((host) => nginxServer(host)).join('')}`

  function nginxServer(host: string): string {
    const [name, port = '443'] = host.split(':')
    return `
server {
    listen ${port} ssl;
    server_name ${name};
    # ssl_certificate and ssl_certificate_key

    location ^~ /.pocket/ {
        proxy_pass ${pocket};
        proxy_set_header Host ${host};
        proxy_set_header X-Forwarded-Host ${host};
        proxy_set_header X-Forwarded-Proto https;
        proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
    }
    location = /.pocket-check {
        internal;
        proxy_pass ${pocket}/api/authz/auth-request;
        proxy_pass_request_body off;
        proxy_set_header Content-Length "";
        proxy_set_header Host ${issuerHost};
        proxy_set_header X-Original-URL https://${host}$request_uri;
        proxy_set_header X-Original-Method $request_method;
        proxy_set_header X-Forwarded-Host "";
        proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
    }
    location @pocket_sign_in {
        add_header WWW-Authenticate $pocket_challenge always;
        if ($pocket_location = "") {
            return 401;
        }
        return 303 $pocket_location;
    }
    location / {
        auth_request /.pocket-check;
        auth_request_set $pocket_location $upstream_http_location;
        auth_request_set $pocket_challenge $upstream_http_www_authenticate;
        error_page 401 = @pocket_sign_in;
${variables.map(([header, variable]) => `        auth_request_set ${variable} $upstream_http_${header.toLowerCase().replaceAll('-', '_')};\n        proxy_set_header ${header} ${variable};\n`).join('')}        proxy_set_header Cookie $pocket_cookie;
        proxy_set_header Authorization $pocket_authorization;
${overridingPathHeaders.map((name) => `        proxy_set_header ${name} "";\n`).join('')}${serviceTokenHeader === null ? '' : `        proxy_set_header ${serviceTokenHeader} "";\n`}        proxy_set_header Host ${host};
        proxy_set_header X-Forwarded-Proto https;
        proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
        proxy_http_version 1.1;
        proxy_set_header Upgrade $pocket_upgrade;
        proxy_set_header Connection $pocket_connection;
        proxy_pass http://${application};
    }
}
`
  }
}

function caddy({ hosts, headers, serviceTokenHeader }: Site, { pocket }: SnippetAddresses): string {
  const removed = [...headers, ...overridingPathHeaders].flatMap((name) => [name, ...withUnderscores([name])])
  return `${hosts.map((host) => `https://${host}`).join(', ')} {
	@pocket_websocket header_regexp Upgrade "(?i)^websocket$"
	@pocket_http not header_regexp Upgrade "(?i)^websocket$"
	route {
		reverse_proxy /.pocket/* ${pocket}
		request_header @pocket_websocket Upgrade websocket
		request_header @pocket_websocket Connection Upgrade
		request_header @pocket_http -Upgrade
		request_header @pocket_http -Connection
${removed.map((name) => `		request_header -${name}\n`).join('')}		forward_auth ${pocket} {
			uri /api/authz/forward-auth
			copy_headers ${headers.join(' ')}
		}
		request_header Cookie "(^|; *)__Host-pocket-site=[^;]*" "$1"
		@pocket_token header_regexp Authorization "^${tokenPattern}"
		request_header @pocket_token -Authorization
${serviceTokenHeader === null ? '' : `		request_header -${serviceTokenHeader}\n`}		reverse_proxy ${application}
	}
}
`
}

/** Some applications read a header with underscores as the one with hyphens. */
function withUnderscores(names: readonly string[]): readonly string[] {
  return names.filter((name) => name.includes('-')).map((name) => name.replaceAll('-', '_'))
}

/** Differs between sites, whose configurations can be in one proxy. */
function nameOf([host = '']: readonly string[]): string {
  return host.replaceAll(/[.:]/g, '_')
}

function traefik({ hosts, headers, serviceTokenHeader }: Site, { pocket }: SnippetAddresses): string {
  const name = nameOf(hosts)
  const rule = hosts.map((host) => `Host(\`${host.split(':')[0]}\`)`).join(' || ')
  const token = serviceTokenHeader === null ? [] : [serviceTokenHeader]
  const removed = [
    ...withUnderscores([...headers, ...overridingPathHeaders]),
    ...overridingPathHeaders,
    ...token,
    'HTTP2-Settings',
  ]
  return `# Cookie and Authorization are replaced by those of the answer, which lack the site's cookie and service tokens.
http:
  routers:
    ${name}:
      rule: "${rule}"
      middlewares: [${name}_check, ${name}_removed]
      service: ${name}
      tls: {}
    ${name}_pocket:
      rule: "(${rule}) && PathPrefix(\`/.pocket/\`)"
      service: ${name}_pocket
      tls: {}
  middlewares:
    ${name}_check:
      forwardAuth:
        address: ${pocket}/api/authz/forward-auth
        trustForwardHeader: false
        authResponseHeaders: [${[...headers, 'Cookie', 'Authorization'].join(', ')}]
    ${name}_removed:
      headers:
        customRequestHeaders: { ${removed.map((header) => `${header}: ""`).join(', ')} }
  services:
    ${name}_pocket:
      loadBalancer:
        servers: [{ url: "${pocket}" }]
    ${name}:
      loadBalancer:
        servers: [{ url: "http://${application}" }]
`
}

function haproxy({ hosts, headers, serviceTokenHeader }: Site, { pocket }: SnippetAddresses): string {
  const pattern = [...headers, ...overridingPathHeaders].map((name) => name.replaceAll('-', '[-_]')).join('|')
  return `# With the script docker/haproxy/pocket.lua of this project. Sites with the same header names share the frontend: for another
# one, add its lines "acl is_site" and "use_backend", and its backend.
global
    setenv POCKET_URL ${pocket}
    lua-load /etc/haproxy/pocket.lua

frontend sites
    bind :443 ssl crt /etc/haproxy/certificates alpn http/1.1
    acl is_site hdr(host),lower ${hosts.join(' ')}
    http-request deny unless is_site
    acl is_websocket hdr(upgrade) -i websocket
    http-request set-header Upgrade websocket if is_websocket
    http-request set-header Connection Upgrade if is_websocket
    http-request del-header Upgrade unless is_websocket
    http-request del-header Connection unless is_websocket
    acl is_sign_in path_beg /.pocket/
    http-request set-var(txn.pocket_host) hdr(host),lower
    http-request lua.pocket_authorize unless is_sign_in
    http-request del-header (?i)^(${pattern})$ -m reg unless is_sign_in
${headers.map((name) => `    http-request set-header ${name} %[var(txn.pocket_${name.toLowerCase().replaceAll('-', '_')})] if { var(txn.pocket_${name.toLowerCase().replaceAll('-', '_')}) -m found }\n`).join('')}    http-request replace-header Cookie (.*)__Host-pocket-site=[^;]*(.*) \\1\\2 unless is_sign_in
    http-request del-header Authorization if { req.hdr(authorization) -m reg ^${tokenPattern.replace(' ', '\\ ')} }
${serviceTokenHeader === null ? '' : `    http-request del-header ${serviceTokenHeader}\n`}    use_backend pocket if is_sign_in
    use_backend ${nameOf(hosts)} if { hdr(host),lower ${hosts.join(' ')} }

backend pocket
    http-request set-header X-Forwarded-Host %[var(txn.pocket_host)]
    http-request set-header X-Forwarded-Proto https
    http-request set-header X-Forwarded-For %[src]
    server pocket ${new URL(pocket).host}

backend ${nameOf(hosts)}
    server application ${application}
`
}

function envoy({ hosts, headers, serviceTokenHeader }: Site, { pocket }: SnippetAddresses): string {
  const { hostname, port } = new URL(pocket)
  const exact = (names: readonly string[], indent: string) =>
    names.map((name) => `${indent}- { exact: ${name.toLowerCase()} }\n`).join('')
  const request = ['cookie', 'authorization', 'accept', 'user-agent', 'x-forwarded-proto', 'x-forwarded-for']
  const browser = ['sec-fetch-mode', 'sec-fetch-dest', 'sec-purpose', 'x-requested-with']
  const token = serviceTokenHeader === null ? [] : [serviceTokenHeader]
  return `# The HTTP filter, before the router, for ${hosts.join(', ')}. Route the prefix /.pocket/ of these hosts to
# pocket without this filter, with request_headers_to_remove: [x-forwarded-host]. The filter replaces cookie and authorization by
# those of the answer, which lack the site's cookie and service tokens.
# Of the connection manager, set use_remote_address: true, upgrade_configs: [{ upgrade_type: websocket }] and
# common_http_protocol_options: { headers_with_underscores_action: DROP_HEADER }.
# Of the route, set request_headers_to_remove: [${[...overridingPathHeaders, ...token].join(', ')}].
- name: envoy.filters.http.ext_authz
  typed_config:
    "@type": type.googleapis.com/envoy.extensions.filters.http.ext_authz.v3.ExtAuthz
    failure_mode_allow: false
    http_service:
      path_prefix: /api/authz/ext-authz
      server_uri: { uri: "${pocket}", cluster: pocket, timeout: 5s } # cluster: ${hostname}:${port || '80'}
      authorization_response:
        allowed_upstream_headers:
          patterns:
${exact([...headers, 'cookie', 'authorization'], '            ')}        allowed_client_headers:
          patterns:
${exact(['location', 'www-authenticate', 'content-type', 'cache-control'], '            ')}    allowed_headers:
      patterns:
${exact([...request, ...browser, ...overridingHeaders, ...token], '        ')}`
}
