// Made from /api/openapi.json by `pnpm --filter @pocket/api-client run generate`.

type NoParameters = { query?: never; header?: never; path?: never; cookie?: never; }

type AnyHeaders = { [name: string]: unknown; }

type WithoutBody = { headers: AnyHeaders; content?: never; }

export interface paths {
    "/api/api-access/{clientId}": {
        parameters: NoParameters;
        /**
         * Get the permissions of a client at all APIs (older form)
         * @description For administrators.
         */
        get: operations["getApiAccessOfClient"];
        /**
         * Set the permissions of a client at all APIs (older form)
         * @description For administrators.
         */
        put: operations["setApiAccessOfClient"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/api-access/{clientId}/apis": {
        parameters: NoParameters;
        /**
         * List the APIs that a client has access to
         * @description For administrators.
         */
        get: operations["listApisOfClient"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/api-access/{clientId}/assignable-apis": {
        parameters: NoParameters;
        /**
         * List the APIs that a client was given no access to yet
         * @description For administrators.
         */
        get: operations["listAssignableApisOfClient"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/api-keys": {
        parameters: NoParameters;
        /** List your API keys */
        get: operations["listApiKeys"];
        put?: never;
        /** Create an API key */
        post: operations["createApiKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/api-keys/{id}": {
        parameters: NoParameters;
        get?: never;
        put?: never;
        post?: never;
        /** Delete an API key */
        delete: operations["deleteApiKey"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/api-keys/{id}/renew": {
        parameters: NoParameters;
        get?: never;
        put?: never;
        /** Renew an API key that has expired */
        post: operations["renewApiKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/apis": {
        parameters: NoParameters;
        /**
         * List APIs
         * @description For administrators.
         */
        get: operations["listApis"];
        put?: never;
        /**
         * Create an API
         * @description For administrators.
         */
        post: operations["createApi"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/apis/{id}": {
        parameters: NoParameters;
        /**
         * Get an API
         * @description For administrators.
         */
        get: operations["getApi"];
        /**
         * Change an API; its resource stays
         * @description For administrators.
         */
        put: operations["updateApi"];
        post?: never;
        /**
         * Delete an API, and all access to it
         * @description For administrators.
         */
        delete: operations["deleteApi"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/apis/{id}/assignable-clients": {
        parameters: NoParameters;
        /**
         * List the clients that have no access to an API yet
         * @description For administrators.
         */
        get: operations["listAssignableClientsOfApi"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/apis/{id}/cimd-access": {
        parameters: NoParameters;
        get?: never;
        /**
         * Open an API to clients that are known by their metadata document
         * @description For administrators.
         */
        put: operations["setCimdAccessOfApi"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/apis/{id}/clients": {
        parameters: NoParameters;
        /**
         * List the clients that have access to an API
         * @description For administrators.
         */
        get: operations["listClientsOfApi"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/apis/{id}/clients/{clientId}": {
        parameters: NoParameters;
        /**
         * Get the access of a client to an API
         * @description For administrators. A client that was given none is answered with none.
         */
        get: operations["getAccessOfClientToApi"];
        /**
         * Set the access of a client to an API
         * @description For administrators.
         */
        put: operations["setAccessOfClientToApi"];
        post?: never;
        /**
         * Take away the access of a client to an API
         * @description For administrators.
         */
        delete: operations["removeAccessOfClientToApi"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/apis/{id}/permissions": {
        parameters: NoParameters;
        get?: never;
        /**
         * Set the permissions of an API
         * @description For administrators.
         */
        put: operations["setPermissionsOfApi"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/application-configuration": {
        parameters: NoParameters;
        /** Read the settings that everybody may know */
        get: operations["readPublicSettings"];
        /**
         * Write all settings; the placeholder of a secret keeps it
         * @description For administrators. A limited API key cannot change what decides who is let in: `smtp…`, `ldap…` and `emailOneTimeAccess…`.
         */
        put: operations["replaceSettings"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/application-configuration/all": {
        parameters: NoParameters;
        /**
         * Read all settings; a placeholder stands for each secret
         * @description For administrators.
         */
        get: operations["readSettings"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/application-configuration/background-image": {
        parameters: NoParameters;
        /** Show the background (older path) */
        get: operations["readBackgroundByOlderPath"];
        /**
         * Replace the background (older path)
         * @description For administrators.
         */
        put: operations["replaceBackgroundByOlderPath"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/application-configuration/favicon": {
        parameters: NoParameters;
        /** Show the favicon (older path) */
        get: operations["readFaviconByOlderPath"];
        /**
         * Replace the favicon (older path)
         * @description For administrators.
         */
        put: operations["replaceFaviconByOlderPath"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/application-configuration/logo": {
        parameters: NoParameters;
        /** Show the logo (older path) */
        get: operations["readLogoByOlderPath"];
        /**
         * Replace the logo (older path)
         * @description For administrators.
         */
        put: operations["replaceLogoByOlderPath"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/application-configuration/sync-ldap": {
        parameters: NoParameters;
        get?: never;
        put?: never;
        /**
         * Import users and groups from LDAP now
         * @description For administrators. Where more would go than may without asking nothing is changed, and the answer is 409 `ldap_confirmation_needed`.
         */
        post: operations["syncLdap"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/application-configuration/test-email": {
        parameters: NoParameters;
        get?: never;
        put?: never;
        /**
         * Send yourself an e-mail, to try the settings
         * @description For administrators.
         */
        post: operations["sendTestEmail"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/application-images/background": {
        parameters: NoParameters;
        /** Show the background */
        get: operations["readBackground"];
        /**
         * Replace the background
         * @description For administrators.
         */
        put: operations["replaceBackground"];
        post?: never;
        /**
         * Take away the background
         * @description For administrators.
         */
        delete: operations["deleteBackground"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/application-images/default-profile-picture": {
        parameters: NoParameters;
        /**
         * Show the picture of people who have none
         * @description For administrators.
         */
        get: operations["readDefaultProfilePicture"];
        /**
         * Replace the picture of people who have none
         * @description For administrators.
         */
        put: operations["replaceDefaultProfilePicture"];
        post?: never;
        /**
         * Take away the picture of people who have none
         * @description For administrators.
         */
        delete: operations["deleteDefaultProfilePicture"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/application-images/email": {
        parameters: NoParameters;
        /** Show the logo of e-mails */
        get: operations["readEmailLogo"];
        /**
         * Replace the logo of e-mails
         * @description For administrators.
         */
        put: operations["replaceEmailLogo"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/application-images/favicon": {
        parameters: NoParameters;
        /** Show the favicon */
        get: operations["readFavicon"];
        /**
         * Replace the favicon
         * @description For administrators.
         */
        put: operations["replaceFavicon"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/application-images/logo": {
        parameters: NoParameters;
        /** Show the logo */
        get: operations["readLogo"];
        /**
         * Replace the logo
         * @description For administrators.
         */
        put: operations["replaceLogo"];
        post?: never;
        /**
         * Take away the logo
         * @description For administrators.
         */
        delete: operations["deleteLogo"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/audit-logs": {
        parameters: NoParameters;
        /** List your part of the audit log */
        get: operations["listOwnAuditLogs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/audit-logs/all": {
        parameters: NoParameters;
        /**
         * List the audit log
         * @description For administrators.
         */
        get: operations["listAllAuditLogs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/audit-logs/export": {
        parameters: NoParameters;
        /**
         * Take the audit log away as a file, the newest entries first
         * @description For administrators.
         */
        get: operations["exportAuditLog"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/audit-logs/filters/client-names": {
        parameters: NoParameters;
        /**
         * List the clients that the audit log names
         * @description For administrators.
         */
        get: operations["listAuditLogClientNames"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/audit-logs/filters/users": {
        parameters: NoParameters;
        /**
         * List the names of the users in the audit log, by their ids
         * @description For administrators.
         */
        get: operations["listAuditLogUsers"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/custom-claims/suggestions": {
        parameters: NoParameters;
        /**
         * List the keys of custom claims, those that are used most first
         * @description For administrators.
         */
        get: operations["suggestClaims"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/custom-claims/user-group/{userGroupId}": {
        parameters: NoParameters;
        get?: never;
        /**
         * Choose the custom claims of a group
         * @description For administrators.
         */
        put: operations["replaceClaimsOfGroup"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/custom-claims/user/{userId}": {
        parameters: NoParameters;
        get?: never;
        /**
         * Choose the custom claims of a user
         * @description For administrators.
         */
        put: operations["replaceClaimsOfUser"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/device-login/requests": {
        parameters: NoParameters;
        get?: never;
        put?: never;
        /** Ask another device to let this one in */
        post: operations["requestDeviceLogin"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/device-login/requests/{id}/exchange": {
        parameters: NoParameters;
        get?: never;
        put?: never;
        /** Wait until this device is let in, for 25 seconds or as long as `Prefer: wait=SECONDS` says */
        post: operations["exchangeDeviceLogin"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/device-login/verification": {
        parameters: NoParameters;
        get?: never;
        put?: never;
        /** Read which device asks to be let in */
        post: operations["readDeviceLogin"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/device-login/verification/decision": {
        parameters: NoParameters;
        get?: never;
        put?: never;
        /** Let the device in, by a passkey that was used within the last minute, or do not */
        post: operations["decideDeviceLogin"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/emails": {
        parameters: NoParameters;
        /**
         * List the e-mails of the last 30 days, and what became of them
         * @description For administrators.
         */
        get: operations["listEmails"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/emails/{id}/retry": {
        parameters: NoParameters;
        get?: never;
        put?: never;
        /**
         * Try again to send an e-mail
         * @description For administrators.
         */
        post: operations["retryEmail"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/jobs": {
        parameters: NoParameters;
        /**
         * List what the server does by itself, and how it went the last time
         * @description For administrators.
         */
        get: operations["listJobs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/jobs/{name}/run": {
        parameters: NoParameters;
        get?: never;
        put?: never;
        /**
         * Have a job run at once
         * @description For administrators.
         */
        post: operations["runJob"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/ldap/dry-run": {
        parameters: NoParameters;
        get?: never;
        put?: never;
        /**
         * See what an import from LDAP would do; nothing is changed
         * @description For administrators.
         */
        post: operations["dryRunLdap"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/ldap/runs": {
        parameters: NoParameters;
        /**
         * List the latest imports and dry runs, the newest first
         * @description For administrators.
         */
        get: operations["listLdapRuns"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/ldap/sync": {
        parameters: NoParameters;
        get?: never;
        put?: never;
        /**
         * Import users and groups from LDAP now, with what was confirmed
         * @description For administrators.
         */
        post: operations["runLdap"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/ldap/test": {
        parameters: NoParameters;
        get?: never;
        put?: never;
        /**
         * Try whether the LDAP server can be reached and read
         * @description For administrators.
         */
        post: operations["testLdap"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/oidc/clients": {
        parameters: NoParameters;
        /**
         * List clients
         * @description For administrators.
         */
        get: operations["listOidcClients"];
        put?: never;
        /**
         * Create a client
         * @description For administrators.
         */
        post: operations["createOidcClient"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/oidc/clients/{id}": {
        parameters: NoParameters;
        /**
         * Get a client
         * @description For administrators.
         */
        get: operations["getOidcClient"];
        /**
         * Change a client
         * @description For administrators.
         */
        put: operations["updateOidcClient"];
        post?: never;
        /**
         * Delete a client
         * @description For administrators.
         */
        delete: operations["deleteOidcClient"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/oidc/clients/{id}/allowed-user-groups": {
        parameters: NoParameters;
        get?: never;
        /**
         * Set the groups whose members may use a restricted client
         * @description For administrators.
         */
        put: operations["setAllowedUserGroupsOfOidcClient"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/oidc/clients/{id}/connection-log": {
        parameters: NoParameters;
        /**
         * List the last 50 authorization and token attempts of a client, the newest first
         * @description For administrators.
         */
        get: operations["listOidcClientConnectionAttempts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/oidc/clients/{id}/logo": {
        parameters: NoParameters;
        /** Show the logo of a client; the light one where there is no dark one */
        get: operations["readOidcClientLogo"];
        put?: never;
        /**
         * Replace the logo of a client
         * @description For administrators.
         */
        post: operations["replaceOidcClientLogo"];
        /**
         * Take away the logo of a client
         * @description For administrators.
         */
        delete: operations["deleteOidcClientLogo"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/oidc/clients/{id}/meta": {
        parameters: NoParameters;
        /** Get what everybody may know of a client */
        get: operations["getOidcClientMetaData"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/oidc/clients/{id}/preview/{userId}": {
        parameters: NoParameters;
        /**
         * Show what a client would be told about a user
         * @description For administrators. A limited API key needs `read:users` too.
         */
        get: operations["previewOidcClient"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/oidc/clients/{id}/refresh": {
        parameters: NoParameters;
        get?: never;
        put?: never;
        /**
         * Read the metadata document of a client that describes itself by one
         * @description For administrators.
         */
        post: operations["refreshOidcClient"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/oidc/clients/{id}/scim-service-provider": {
        parameters: NoParameters;
        /**
         * Get where the people of a client are provisioned
         * @description For administrators.
         */
        get: operations["getScimServiceProviderOfOidcClient"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/oidc/clients/{id}/secret": {
        parameters: NoParameters;
        get?: never;
        put?: never;
        /**
         * Replace all secrets by a new one, drawn or given in an optional body {secret, expiresAt}
         * @description For administrators.
         */
        post: operations["replaceOidcClientSecrets"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/oidc/clients/{id}/secrets": {
        parameters: NoParameters;
        /**
         * List the secrets of a client, those that have ended too
         * @description For administrators.
         */
        get: operations["listOidcClientSecrets"];
        put?: never;
        /**
         * Add a secret, drawn or given in an optional body {secret, expiresAt}
         * @description For administrators.
         */
        post: operations["createOidcClientSecret"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/oidc/clients/{id}/secrets/{secretId}": {
        parameters: NoParameters;
        get?: never;
        put?: never;
        post?: never;
        /**
         * Delete a secret
         * @description For administrators.
         */
        delete: operations["deleteOidcClientSecret"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/oidc/device/info": {
        parameters: NoParameters;
        /** Get what the application on another device asks for */
        get: operations["getDeviceCodeInfo"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/oidc/device/verify": {
        parameters: NoParameters;
        get?: never;
        put?: never;
        /**
         * Give the application on another device what it asks for, or refuse it
         * @description Where `reauthenticationRequired` says so, and in a session that began without a passkey, a reauthentication is used up.
         */
        post: operations["verifyDeviceCode"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/oidc/initial-access-tokens": {
        parameters: NoParameters;
        /**
         * List the initial access tokens that have not expired, the newest first
         * @description For administrators.
         */
        get: operations["listInitialAccessTokens"];
        put?: never;
        /**
         * Create a token with which a program can register clients
         * @description For administrators.
         */
        post: operations["createInitialAccessToken"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/oidc/initial-access-tokens/{id}": {
        parameters: NoParameters;
        get?: never;
        put?: never;
        post?: never;
        /**
         * Delete an initial access token; clients that were registered with it stay
         * @description For administrators.
         */
        delete: operations["deleteInitialAccessToken"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/oidc/users/{id}/authorized-clients": {
        parameters: NoParameters;
        /**
         * List the clients that a user has allowed something
         * @description For administrators. A limited API key needs `read:users` too.
         */
        get: operations["listAuthorizedOidcClientsOfUser"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/oidc/users/me/authorized-clients": {
        parameters: NoParameters;
        /** List the clients that you have allowed something */
        get: operations["listMyAuthorizedOidcClients"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/oidc/users/me/authorized-clients/{clientId}": {
        parameters: NoParameters;
        get?: never;
        put?: never;
        post?: never;
        /** Take back what you have allowed a client, and end what it was given */
        delete: operations["withdrawMyConsent"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/oidc/users/me/clients": {
        parameters: NoParameters;
        /** List the clients that you may use */
        get: operations["listMyOidcClients"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/one-time-access-email": {
        parameters: NoParameters;
        get?: never;
        put?: never;
        /** Ask for a login code by e-mail, which works in this browser only */
        post: operations["requestLoginCode"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/one-time-access-token/{token}": {
        parameters: NoParameters;
        get?: never;
        put?: never;
        /** Sign in by a login code */
        post: operations["useLoginCode"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/openapi.json": {
        parameters: NoParameters;
        /** This document */
        get: operations["openApiDocument"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/passkeys/compliance": {
        parameters: NoParameters;
        /**
         * Count the passkeys that do not comply with the policy, or with another one that you think about
         * @description For administrators. What becomes of them is decided by `passkeyNonCompliance` and `passkeyNonComplianceFrom` in `/api/settings`.
         */
        get: operations["readPasskeyCompliance"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/scim/service-provider": {
        parameters: NoParameters;
        get?: never;
        put?: never;
        /**
         * Provision the people of a client by SCIM 2.0
         * @description For administrators. A client has one at most. A limited API key needs `read:users` and `read:groups` too, since both are sent there.
         */
        post: operations["createScimServiceProvider"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/scim/service-provider/{id}": {
        parameters: NoParameters;
        get?: never;
        /**
         * Change where the people of a client are provisioned
         * @description For administrators. The placeholder of the token keeps it, as long as the endpoint stays on the same server. A limited API key needs `read:users` and `read:groups` too.
         */
        put: operations["updateScimServiceProvider"];
        post?: never;
        /**
         * Provision the people of a client no more; what is there stays there
         * @description For administrators.
         */
        delete: operations["deleteScimServiceProvider"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/scim/service-provider/{id}/adopt": {
        parameters: NoParameters;
        get?: never;
        put?: never;
        /**
         * Take over objects that the target had before, and that look like ones of this server
         * @description For administrators. Without a body all that the last run has found.
         */
        post: operations["adoptScimObjects"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/scim/service-provider/{id}/sync": {
        parameters: NoParameters;
        get?: never;
        put?: never;
        /**
         * Provision now, and answer when it is done
         * @description For administrators.
         */
        post: operations["syncScimServiceProvider"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/search": {
        parameters: NoParameters;
        /**
         * Find pages, applications, users, groups and clients by their names
         * @description Users, groups and clients are found by administrators only; at most five of each kind.
         */
        get: operations["search"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sessions": {
        parameters: NoParameters;
        /** List where you are signed in */
        get: operations["listOwnSessions"];
        put?: never;
        post?: never;
        /** Sign out everywhere but here, and end what applications got there */
        delete: operations["endOwnOtherSessions"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sessions/{id}": {
        parameters: NoParameters;
        get?: never;
        put?: never;
        post?: never;
        /** End a session of yours, and what applications got in it */
        delete: operations["endOwnSession"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/settings": {
        parameters: NoParameters;
        /**
         * Read the settings that are not among those of the contract
         * @description For administrators.
         */
        get: operations["readOwnSettings"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Change some of these settings
         * @description For administrators.
         */
        patch: operations["changeOwnSettings"];
        trace?: never;
    };
    "/api/signing-keys": {
        parameters: NoParameters;
        /**
         * List the published signing keys
         * @description For administrators.
         */
        get: operations["listSigningKeys"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/signing-keys/rotate": {
        parameters: NoParameters;
        get?: never;
        put?: never;
        /**
         * Replace the keys that sign
         * @description For administrators. An announced key signs at once. One that was published just now signs as soon as caches of the JWKS and other processes know it. The old key stays published until its last token has expired. The list is empty where another request replaced the keys meanwhile.
         */
        post: operations["rotateSigningKeys"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/signup": {
        parameters: NoParameters;
        get?: never;
        put?: never;
        /** Sign up; the new user is signed in and has no passkey yet */
        post: operations["signUp"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/signup-approvals": {
        parameters: NoParameters;
        /**
         * List who has signed up and waits to be let in
         * @description For administrators.
         */
        get: operations["listSignupApprovals"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/signup-approvals/{id}": {
        parameters: NoParameters;
        get?: never;
        put?: never;
        post?: never;
        /**
         * Remove somebody who has signed up and waits, without a word
         * @description For administrators.
         */
        delete: operations["rejectSignup"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/signup-approvals/{id}/approve": {
        parameters: NoParameters;
        get?: never;
        put?: never;
        /**
         * Let somebody in who has signed up, and tell them by e-mail
         * @description For administrators.
         */
        post: operations["approveSignup"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/signup-approvals/{id}/refuse": {
        parameters: NoParameters;
        get?: never;
        put?: never;
        /**
         * Remove somebody who has signed up and waits, and tell them why by e-mail
         * @description For administrators.
         */
        post: operations["refuseSignup"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/signup-tokens": {
        parameters: NoParameters;
        /**
         * List the sign-up tokens that have not expired
         * @description For administrators.
         */
        get: operations["listSignupTokens"];
        put?: never;
        /**
         * Create a token with which strangers can sign up
         * @description For administrators.
         */
        post: operations["createSignupToken"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/signup-tokens/{id}": {
        parameters: NoParameters;
        get?: never;
        put?: never;
        post?: never;
        /**
         * Delete a sign-up token
         * @description For administrators.
         */
        delete: operations["deleteSignupToken"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/signup/setup": {
        parameters: NoParameters;
        /** Find out whether the set-up is still open; 404 where it has been done */
        get: operations["readSetUp"];
        put?: never;
        /** Create the first administrator, who is signed in and has no passkey yet */
        post: operations["setUp"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/user-groups": {
        parameters: NoParameters;
        /**
         * List groups
         * @description For administrators.
         */
        get: operations["listGroups"];
        put?: never;
        /**
         * Create a group
         * @description For administrators.
         */
        post: operations["createGroup"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/user-groups/{id}": {
        parameters: NoParameters;
        /**
         * Read a group, with everybody in it
         * @description For administrators.
         */
        get: operations["readGroup"];
        /**
         * Change the names of a group
         * @description For administrators.
         */
        put: operations["updateGroup"];
        post?: never;
        /**
         * Delete a group; its members stay
         * @description For administrators.
         */
        delete: operations["deleteGroup"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/user-groups/{id}/allowed-oidc-clients": {
        parameters: NoParameters;
        get?: never;
        /**
         * Set the clients that allow a group
         * @description For administrators.
         */
        put: operations["setAllowedOidcClientsOfUserGroup"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/user-groups/{id}/ldap-link": {
        parameters: NoParameters;
        get?: never;
        /**
         * Have an LDAP entry decide about a group
         * @description For administrators.
         */
        put: operations["linkGroupToLdap"];
        post?: never;
        /**
         * Have a group decided about here and not by LDAP
         * @description For administrators.
         */
        delete: operations["unlinkGroupFromLdap"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/user-groups/{id}/members": {
        parameters: NoParameters;
        /**
         * List who is in a group, and until when
         * @description For administrators.
         */
        get: operations["listMembershipsOfGroup"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/user-groups/{id}/members/{userId}": {
        parameters: NoParameters;
        /**
         * Read until when somebody is in a group
         * @description For administrators.
         */
        get: operations["readMembership"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Say when a membership ends
         * @description For administrators.
         */
        patch: operations["updateMembership"];
        trace?: never;
    };
    "/api/user-groups/{id}/users": {
        parameters: NoParameters;
        get?: never;
        /**
         * Choose the members of a group
         * @description For administrators.
         */
        put: operations["replaceMembersOfGroup"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/users": {
        parameters: NoParameters;
        /**
         * List users
         * @description For administrators.
         */
        get: operations["listUsers"];
        put?: never;
        /**
         * Create a user
         * @description For administrators.
         */
        post: operations["createUser"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/users/{id}": {
        parameters: NoParameters;
        /**
         * Read a user
         * @description For administrators.
         */
        get: operations["readUser"];
        /**
         * Change a user
         * @description For administrators.
         */
        put: operations["updateUser"];
        post?: never;
        /**
         * Delete a user, with sessions and tokens
         * @description For administrators.
         */
        delete: operations["deleteUser"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/users/{id}/groups": {
        parameters: NoParameters;
        /**
         * List the groups of a user
         * @description For administrators.
         */
        get: operations["listGroupsOfUser"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/users/{id}/invitation": {
        parameters: NoParameters;
        get?: never;
        put?: never;
        /**
         * Make a link by which a user registers a passkey
         * @description For administrators. It holds a login code, so it lets in whoever opens it first, once.
         */
        post: operations["inviteUser"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/users/{id}/invitation-email": {
        parameters: NoParameters;
        get?: never;
        put?: never;
        /**
         * Send a user a link by which to register a passkey
         * @description For administrators.
         */
        post: operations["sendInvitationToUser"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/users/{id}/ldap-link": {
        parameters: NoParameters;
        get?: never;
        /**
         * Have an LDAP entry decide about a user
         * @description For administrators.
         */
        put: operations["linkUserToLdap"];
        post?: never;
        /**
         * Have a user decided about here and not by LDAP
         * @description For administrators.
         */
        delete: operations["unlinkUserFromLdap"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/users/{id}/one-time-access-email": {
        parameters: NoParameters;
        get?: never;
        put?: never;
        /**
         * Send a user a login code by e-mail
         * @description For administrators.
         */
        post: operations["sendLoginCodeToUser"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/users/{id}/one-time-access-token": {
        parameters: NoParameters;
        get?: never;
        put?: never;
        /**
         * Issue a login code for a user
         * @description For administrators.
         */
        post: operations["issueLoginCodeForUser"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/users/{id}/passkey-removals": {
        parameters: NoParameters;
        /**
         * List removed passkeys of a user after which something that was made with them is still active
         * @description For administrators.
         */
        get: operations["listPasskeyRemovalsOfUser"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/users/{id}/passkey-removals/{passkeyId}": {
        parameters: NoParameters;
        /**
         * Read what was made in the sessions that ended with a passkey of a user
         * @description For administrators.
         */
        get: operations["readPasskeyRemovalOfUser"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/users/{id}/passkey-removals/{passkeyId}/withdraw": {
        parameters: NoParameters;
        get?: never;
        put?: never;
        /**
         * Withdraw everything that was made in the sessions that ended with a passkey of a user
         * @description For administrators.
         */
        post: operations["withdrawAfterPasskeyRemovalOfUser"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/users/{id}/profile-picture": {
        parameters: NoParameters;
        get?: never;
        /**
         * Replace the picture of a user
         * @description For administrators.
         */
        put: operations["replaceProfilePicture"];
        post?: never;
        /**
         * Take away the picture of a user
         * @description For administrators.
         */
        delete: operations["deleteProfilePicture"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/users/{id}/profile-picture.png": {
        parameters: NoParameters;
        /** Show the picture of a user, or their initials */
        get: operations["readProfilePicture"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/users/{id}/sessions": {
        parameters: NoParameters;
        /**
         * List where a user is signed in
         * @description For administrators.
         */
        get: operations["listSessionsOfUser"];
        put?: never;
        post?: never;
        /**
         * Sign a user out everywhere, and end what applications got
         * @description For administrators.
         */
        delete: operations["endSessionsOfUser"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/users/{id}/sessions/{sessionId}": {
        parameters: NoParameters;
        get?: never;
        put?: never;
        post?: never;
        /**
         * End a session of a user, and what applications got in it
         * @description For administrators.
         */
        delete: operations["endSessionOfUser"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/users/{id}/user-groups": {
        parameters: NoParameters;
        get?: never;
        /**
         * Choose the groups of a user
         * @description For administrators.
         */
        put: operations["replaceGroupsOfUser"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/users/{id}/webauthn-credentials": {
        parameters: NoParameters;
        /**
         * List the passkeys of a user
         * @description For administrators.
         */
        get: operations["listPasskeysOfUser"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/users/{id}/webauthn-credentials/{credentialId}": {
        parameters: NoParameters;
        get?: never;
        put?: never;
        post?: never;
        /**
         * Delete a passkey of a user, even the last one
         * @description For administrators.
         */
        delete: operations["deletePasskeyOfUser"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/users/me": {
        parameters: NoParameters;
        /**
         * Read who you are
         * @description The key of the environment (`STATIC_API_KEY`) is answered with a user who is stored nowhere.
         */
        get: operations["readOwnUser"];
        /**
         * Change what is known of you
         * @description The key of the environment (`STATIC_API_KEY`) is refused with `user_not_found` (404), since it has no record. A limited API key changes neither the names nor the e-mail address of an administrator.
         */
        put: operations["updateOwnUser"];
        post?: never;
        /** Delete yourself, with sessions and tokens, where the settings let people do so */
        delete: operations["deleteOwnUser"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/users/me/data": {
        parameters: NoParameters;
        /**
         * Take all that is kept of you away, as one JSON file without secrets
         * @description The file is read as fast as it is taken. API keys are refused, since it holds more than the scopes of one.
         */
        get: operations["downloadOwnData"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/users/me/profile-picture": {
        parameters: NoParameters;
        get?: never;
        /** Replace your picture */
        put: operations["replaceOwnProfilePicture"];
        post?: never;
        /** Take away your picture */
        delete: operations["deleteOwnProfilePicture"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/users/me/send-email-verification": {
        parameters: NoParameters;
        get?: never;
        put?: never;
        /** Get a link that verifies your e-mail address */
        post: operations["sendEmailVerification"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/users/me/verify-email": {
        parameters: NoParameters;
        get?: never;
        put?: never;
        /** Verify your e-mail address by the token of the link */
        post: operations["verifyEmail"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/version/current": {
        parameters: NoParameters;
        /** The version of the API, and of this server */
        get: operations["currentVersion"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/version/latest": {
        parameters: NoParameters;
        /** The newest version */
        get: operations["latestVersion"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/webauthn/credentials": {
        parameters: NoParameters;
        /** List your passkeys */
        get: operations["listOwnPasskeys"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/webauthn/credentials/{id}": {
        parameters: NoParameters;
        get?: never;
        put?: never;
        post?: never;
        /** Delete a passkey of yours; the last one only where a login code by e-mail lets you in as well */
        delete: operations["deleteOwnPasskey"];
        options?: never;
        head?: never;
        /** Name a passkey of yours */
        patch: operations["renameOwnPasskey"];
        trace?: never;
    };
    "/api/webauthn/login/finish": {
        parameters: NoParameters;
        get?: never;
        put?: never;
        /** Sign in with a passkey */
        post: operations["finishLogin"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/webauthn/login/start": {
        parameters: NoParameters;
        /** Begin to sign in with a passkey in this browser */
        get: operations["startLogin"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/webauthn/logout": {
        parameters: NoParameters;
        get?: never;
        put?: never;
        /** Sign out of this browser */
        post: operations["logout"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/webauthn/reauthenticate": {
        parameters: NoParameters;
        get?: never;
        put?: never;
        /** Prove once more who you are, by a passkey or by having signed in with one within the last minute */
        post: operations["reauthenticate"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/webauthn/register/finish": {
        parameters: NoParameters;
        get?: never;
        put?: never;
        /** Register the passkey */
        post: operations["finishRegistration"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/webauthn/register/start": {
        parameters: NoParameters;
        /** Begin to make a passkey in this browser */
        get: operations["startRegistration"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/webauthn/removals": {
        parameters: NoParameters;
        /** List removed passkeys of yours after which something that was made with them is still active */
        get: operations["listOwnPasskeyRemovals"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/webauthn/removals/{passkeyId}": {
        parameters: NoParameters;
        /** Read what was made in the sessions that ended with a passkey of yours */
        get: operations["readOwnPasskeyRemoval"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/webauthn/removals/{passkeyId}/withdraw": {
        parameters: NoParameters;
        get?: never;
        put?: never;
        /** Withdraw everything that was made in the sessions that ended with a passkey of yours */
        post: operations["withdrawAfterOwnPasskeyRemoval"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** AccessibleOidcClientDto */
        AccessibleOidcClientDto: {
            /** @enum {string} */
            clientType: "standard" | "cimd";
            description: string;
            hasDarkLogo: boolean;
            hasLogo: boolean;
            id: string;
            /** Format: date-time */
            lastUsedAt: string | null;
            launchURL: string | null;
            name: string;
            requiresReauthentication: boolean;
        };
        /** ApiAccessDto */
        ApiAccessDto: {
            /** @description Ids of permissions, of whatever API. */
            clientPermissionIds: string[];
            /** @description Ids of permissions, of whatever API. */
            userDelegatedPermissionIds: string[];
        };
        /** ApiAccessUpdateDto */
        ApiAccessUpdateDto: {
            /** @description Ids of permissions, of whatever API. */
            clientPermissionIds?: string[];
            /** @description Ids of permissions, of whatever API. */
            userDelegatedPermissionIds?: string[];
        };
        /** ApiCimdAccessUpdateDto */
        ApiCimdAccessUpdateDto: {
            enabled: boolean;
            /** @description Ids of permissions of the API; others are left out. */
            permissionIds?: string[];
        };
        /** ApiClientAccessDto */
        ApiClientAccessDto: {
            cimdGrantedAccess: boolean;
            cimdGrantedPermissionIds: string[];
            client: components["schemas"]["ApiClientDto"];
            clientAccess: boolean;
            /** @description Ids of permissions of the API; others are left out. */
            clientPermissionIds: string[];
            userDelegatedAccess: boolean;
            /** @description Ids of permissions of the API; others are left out. */
            userDelegatedPermissionIds: string[];
        };
        /** ApiClientDto */
        ApiClientDto: {
            /** @enum {string} */
            clientType: "standard" | "cimd";
            hasDarkLogo: boolean;
            hasLogo: boolean;
            id: string;
            isPublic: boolean;
            name: string;
        };
        /** ApiClientGrantDto */
        ApiClientGrantDto: {
            clientAccess: boolean;
            /** @description Ids of permissions of the API; others are left out. */
            clientPermissionIds: string[];
            userDelegatedAccess: boolean;
            /** @description Ids of permissions of the API; others are left out. */
            userDelegatedPermissionIds: string[];
        };
        /** ApiClientGrantUpdateDto */
        ApiClientGrantUpdateDto: {
            clientAccess?: boolean;
            /** @description Ids of permissions of the API; others are left out. */
            clientPermissionIds?: string[];
            userDelegatedAccess?: boolean;
            /** @description Ids of permissions of the API; others are left out. */
            userDelegatedPermissionIds?: string[];
        };
        /** ApiCreateDto */
        ApiCreateDto: {
            /** @description Minutes that the access tokens of the API live at most; never longer than those of the client that asks. `null` stands for 10 where they are `jwt`, and for as long as the client says where they are `opaque`. */
            accessTokenDurationMinutes?: number | null;
            /**
             * @description Whether the API reads its access tokens (RFC 9068), or asks about them (RFC 7662). A `jwt` can be neither introspected nor revoked (`unsupported_token_type`, RFC 7009 §2.2.1): it counts until it expires, whatever happens to the person or the client, and so it lives for minutes. An `opaque` one ends at once.
             * @enum {string}
             */
            accessTokenFormat?: "jwt" | "opaque";
            name: string;
            /** @description The resource indicator (RFC 8707): an absolute URI. */
            resource: string;
            /** @description The clients that may ask about the tokens of the API, whoever they were issued to. */
            resourceServerClientIds?: string[];
        };
        /** ApiKeyCreateDto */
        ApiKeyCreateDto: {
            description?: string;
            /**
             * Format: date-time
             * @description In the future.
             */
            expiresAt: string;
            name: string;
            /** @description What the key may do; without it, everything that its owner may. */
            scopes?: ("read:account" | "write:account" | "read:users" | "write:users" | "read:groups" | "write:groups" | "read:clients" | "write:clients" | "read:settings" | "write:settings" | "read:audit" | "write:audit")[];
        };
        /** ApiKeyDto */
        ApiKeyDto: {
            /** Format: date-time */
            createdAt: string;
            description: string | null;
            expirationEmailSent: boolean;
            /** Format: date-time */
            expiresAt: string;
            /** Format: uuid */
            id: string;
            /**
             * Format: date-time
             * @description Exact to a minute.
             */
            lastUsedAt: string | null;
            name: string;
            /** @description What the key may do; absent where it may do everything that its owner may. */
            scopes?: ("read:account" | "write:account" | "read:users" | "write:users" | "read:groups" | "write:groups" | "read:clients" | "write:clients" | "read:settings" | "write:settings" | "read:audit" | "write:audit")[];
        };
        /** ApiKeyRenewDto */
        ApiKeyRenewDto: {
            /**
             * Format: date-time
             * @description In the future.
             */
            expiresAt: string;
        };
        /** ApiKeyResponseDto */
        ApiKeyResponseDto: {
            apiKey: components["schemas"]["ApiKeyDto"];
            /** @description Shown this once. */
            token: string;
        };
        /** ApiPermissionsUpdateDto */
        ApiPermissionsUpdateDto: {
            permissions: {
                description?: string | null;
                /** @description A scope. */
                key: string;
                name: string;
            }[];
        };
        /** ApiResponseDto */
        ApiResponseDto: {
            /** @description Minutes that the access tokens of the API live at most; never longer than those of the client that asks. `null` stands for 10 where they are `jwt`, and for as long as the client says where they are `opaque`. */
            accessTokenDurationMinutes: number | null;
            /**
             * @description Whether the API reads its access tokens (RFC 9068), or asks about them (RFC 7662). A `jwt` can be neither introspected nor revoked (`unsupported_token_type`, RFC 7009 §2.2.1): it counts until it expires, whatever happens to the person or the client, and so it lives for minutes. An `opaque` one ends at once.
             * @enum {string}
             */
            accessTokenFormat: "jwt" | "opaque";
            allowCimdClients: boolean;
            /** Format: date-time */
            createdAt: string;
            id: string;
            name: string;
            permissions: {
                allowedForCimdClients: boolean;
                description?: string;
                id: string;
                key: string;
                name: string;
            }[];
            resource: string;
            /** @description The clients that may ask about the tokens of the API, whoever they were issued to. */
            resourceServerClientIds: string[];
        };
        /** ApiUpdateDto */
        ApiUpdateDto: {
            /** @description Minutes that the access tokens of the API live at most; never longer than those of the client that asks. `null` stands for 10 where they are `jwt`, and for as long as the client says where they are `opaque`. */
            accessTokenDurationMinutes?: number | null;
            /**
             * @description Whether the API reads its access tokens (RFC 9068), or asks about them (RFC 7662). A `jwt` can be neither introspected nor revoked (`unsupported_token_type`, RFC 7009 §2.2.1): it counts until it expires, whatever happens to the person or the client, and so it lives for minutes. An `opaque` one ends at once.
             * @enum {string}
             */
            accessTokenFormat?: "jwt" | "opaque";
            name: string;
            /** @description The clients that may ask about the tokens of the API, whoever they were issued to. */
            resourceServerClientIds?: string[];
        };
        /** AuditLogDto */
        AuditLogDto: {
            /** @description Who did it, where that was somebody else. */
            actorUsername?: string;
            /** @description What was changed, by the names of the fields. A secret is redacted. */
            changes?: {
                [key: string]: {
                    after: unknown;
                    before: unknown;
                };
            };
            /** @description Empty where it is not known. */
            city: string;
            /** @description Empty where it is not known. */
            country: string;
            /** Format: date-time */
            createdAt: string;
            data: {
                [key: string]: string;
            };
            /** @description Browser and system, or the user agent where they are not recognised. */
            device: string;
            /** @description Such as SIGN_IN. */
            event: string;
            /** Format: uuid */
            id: string;
            ipAddress: string | null;
            /** @description Empty where it is not known. */
            lastCity?: string;
            /** @description Empty where it is not known. */
            lastCountry?: string;
            lastDevice?: string;
            /** @description Where the last of several came from. */
            lastIpAddress?: string | null;
            /** Format: date-time */
            lastOccurredAt?: string;
            /** @description How often it happened: repeated refusals are one entry. */
            occurrences?: number;
            /** @description Whom it concerns. */
            userID: string | null;
            /** @description The name at that time; only in the list of everybody. */
            username?: string | null;
        };
        /** AuthenticationResponseJSON */
        AuthenticationResponseJSON: Record<string, never>;
        /** AuthorizedOidcClientDto */
        AuthorizedOidcClientDto: {
            client: components["schemas"]["OidcClientMetaDataDto"];
            /** Format: date-time */
            lastUsedAt: string;
            /** @description Scopes, separated by spaces. */
            scope: string;
        };
        /** ClientApiGrantDto */
        ClientApiGrantDto: {
            api: components["schemas"]["ApiResponseDto"];
            cimdGrantedAccess: boolean;
            cimdGrantedPermissionIds: string[];
            clientAccess: boolean;
            /** @description Ids of permissions of the API; others are left out. */
            clientPermissionIds: string[];
            userDelegatedAccess: boolean;
            /** @description Ids of permissions of the API; others are left out. */
            userDelegatedPermissionIds: string[];
        };
        /** ConnectionAttemptDto */
        ConnectionAttemptDto: {
            clientAuthentication: string | null;
            /** Format: date-time */
            createdAt: string;
            /** @enum {string} */
            endpoint: "authorization" | "pushed_authorization_request" | "device_authorization" | "token";
            error: string | null;
            id: string;
            ignoredParameters: string[];
            ipAddress: string | null;
            /** @description Secrets, codes and tokens are hidden. */
            parameters: {
                [key: string]: string;
            };
            pkce: boolean;
            reason: string | null;
            redirectURI: string | null;
            requestId: string;
            succeeded: boolean;
            userID: string | null;
            username: string | null;
        };
        /** CurrentVersionDto */
        CurrentVersionDto: {
            /** @description The version of Pocket ID whose API this is. */
            currentVersion: string;
            /** @description The version of this server. */
            pocketVersion: string;
        };
        /** CustomClaimDto */
        CustomClaimDto: {
            key: string;
            value: string;
        };
        /** DeviceCodeInfoDto */
        DeviceCodeInfoDto: {
            authorizationRequired: boolean;
            client: components["schemas"]["OidcClientMetaDataDto"];
            reauthenticationRequired: boolean;
            scope: string[];
            /** @description The permissions of APIs among the scopes. */
            scopeInfo: {
                description?: string;
                key: string;
                name: string;
            }[];
        };
        /** DeviceLoginRequestDto */
        DeviceLoginRequestDto: {
            /** Format: date-time */
            expiresAt: string;
            /** Format: uuid */
            id: string;
            /** @description Seconds. */
            interval: number;
            userCode: string;
            /** Format: uri */
            verificationUri: string;
            /** Format: uri */
            verificationUriComplete: string;
        };
        /** DeviceLoginVerificationDto */
        DeviceLoginVerificationDto: {
            /** @description Empty where it is not known. */
            city: string;
            /** @description Empty where it is not known. */
            country: string;
            /** @description Browser and system of the waiting device. */
            device: string;
            /** Format: date-time */
            expiresAt: string;
            ipAddress: string | null;
            userCode: string;
        };
        /** EmailDto */
        EmailDto: {
            attempts: number;
            /** Format: date-time */
            createdAt: string;
            /**
             * Format: date-time
             * @description From then on it is not sent any more.
             */
            expiresAt: string;
            /** Format: uuid */
            id: string;
            /** @description Such as email-verification. */
            kind: string;
            lastError?: string | null;
            /** @description The language of the recipient. */
            locale?: string | null;
            /** Format: date-time */
            nextAttemptAt?: string | null;
            recipient: string;
            /** Format: date-time */
            sentAt?: string | null;
            /** @enum {string} */
            state: "waiting" | "sent" | "failed";
            userId?: string | null;
        };
        /** Error */
        Error: {
            /**
             * @description What happened, for programs.
             * @enum {string}
             */
            code: "account_disabled" | "account_not_found" | "account_removal_disabled" | "already_in_use" | "api_key_auth_not_allowed" | "api_key_not_expired" | "api_key_not_found" | "challenge_expired" | "client_id_already_exists" | "client_not_allowed" | "client_not_found" | "code_invalid" | "cross_site_request" | "database_unavailable" | "device_code_invalid" | "device_login_denied" | "device_login_expired" | "duplicate_claim" | "file_too_large" | "file_type_not_supported" | "email_not_found" | "email_not_waiting" | "forbidden" | "image_not_found" | "interaction_expired" | "internal_error" | "invalid_api_key_expiration" | "invalid_image" | "invalid_email_verification_token" | "invalid_request_body" | "invalid_webauthn_response" | "invalid_webauthn_session" | "job_not_found" | "job_running" | "last_administrator" | "last_passkey" | "ldap_confirmation_needed" | "ldap_disabled" | "ldap_dry_run_needed" | "ldap_entry_linked" | "ldap_entry_not_found" | "ldap_not_linked" | "ldap_plan_changed" | "ldap_sync_failed" | "ldap_sync_running" | "ldap_user_group_update" | "ldap_user_update" | "logo_download_failed" | "logo_too_large" | "logo_type_not_supported" | "misconfigured" | "missing_session_id" | "not_found" | "not_signed_in" | "oidc_device_code_expired" | "oidc_device_code_used" | "oidc_invalid_device_code" | "one_time_access_disabled" | "open_signup_disabled" | "oidc_access_denied" | "passkey_already_registered" | "passkey_counter_regressed" | "passkey_not_allowed" | "passkey_not_found" | "passkey_rejected" | "passkey_required" | "passkey_unknown" | "passkey_user_verification_required" | "payload_too_large" | "precondition_failed" | "rate_limited" | "reauthentication_required" | "redirect_uri_has_fragment" | "reserved_claim" | "scim_sync_failed" | "scim_sync_running" | "session_not_found" | "setup_already_completed" | "setup_not_available" | "sign_in_again" | "sign_in_refused" | "token_invalid_or_expired" | "ui_config_disabled" | "user_disabled" | "user_email_not_set" | "user_not_found" | "validation_failed" | "webauthn_authentication_failed";
            details?: {
                fields?: components["schemas"]["FieldError"][];
            };
            /** @description For people who write programs. */
            error: string;
            /**
             * Format: uuid
             * @description That of the header X-Request-ID and of the log.
             */
            request_id: string;
        };
        /** FieldError */
        FieldError: {
            code: string;
            field: string;
            message: string;
        };
        /** InitialAccessTokenCreateDto */
        InitialAccessTokenCreateDto: {
            /** @description What it is for. */
            description?: string;
            /** @description Seconds, or a duration such as 15m or 1h30m; more than a second, 31 days at most. 0: as usual. Usual is an hour. */
            ttl?: number | string;
            /** @description How many clients may be registered with it; one where nothing is said. */
            usageLimit?: number;
        };
        /** InitialAccessTokenDto */
        InitialAccessTokenDto: {
            /** Format: date-time */
            createdAt: string;
            description: string;
            /** Format: date-time */
            expiresAt: string;
            /** Format: uuid */
            id: string;
            /** @description Shown this once, when it is created; empty afterwards. */
            token: string;
            usageCount: number;
            usageLimit: number;
        };
        /** JobDto */
        JobDto: {
            /** @description From the end of a run to the begin of the next one. */
            intervalSeconds: number;
            /** @description Whether one of the replicas runs it now. */
            isRunning: boolean;
            lastRun: {
                error: string | null;
                /** Format: date-time */
                finishedAt: string;
                /** @enum {string} */
                outcome: "succeeded" | "failed";
                /** @description Null while it runs again. */
                tookMs: number | null;
            } | null;
            name: string;
            /** Format: date-time */
            nextRunAt: string;
        };
        /** KeyReplacementDto */
        KeyReplacementDto: {
            /** @enum {string} */
            algorithm: "RS256" | "PS256" | "ES256" | "EdDSA";
            /** @description The new key. */
            kid: string;
            /** Format: date-time */
            signsFrom: string;
        };
        /** LatestVersionDto */
        LatestVersionDto: {
            /** @description Empty where it is not known. */
            latestVersion: string;
        };
        /** LdapRunDto */
        LdapRunDto: {
            /** @description Why it failed. */
            code: string | null;
            /** @description What was changed, also by a run that failed later; of a dry run and one that waits, what would be. */
            counts: {
                changed: number;
                created: number;
                disabled: number;
                enabled: number;
                groupsChanged: number;
                groupsCreated: number;
                groupsRemoved: number;
                membersAdded: number;
                membersRemoved: number;
                removed: number;
            };
            details: {
                [key: string]: string;
            };
            /** Format: date-time */
            finishedAt: string;
            found: {
                groups?: number;
                people?: number;
            } | null;
            /** Format: uuid */
            id: string;
            losses: {
                asks?: boolean;
                digest?: string;
                groups?: {
                    lost: number;
                    of: number;
                };
                memberships?: {
                    lost: number;
                    of: number;
                };
                people?: {
                    lost: number;
                    of: number;
                };
            } | null;
            /**
             * @description `waiting`: so much would go that an administrator has to confirm it, or it would be the first import and nobody has asked for it; nothing was changed.
             * @enum {string}
             */
            outcome: "succeeded" | "failed" | "waiting" | "dry";
            /** @description The first 200 of each kind, of a run that has changed nothing. */
            plan: {
                changed?: {
                    /** @description What each field was and would be. */
                    changes: Record<string, never>;
                    name: string;
                    userId: string | null;
                }[];
                created?: {
                    /** @description What each field was and would be. */
                    changes: Record<string, never>;
                    name: string;
                    userId: string | null;
                }[];
                disabled?: {
                    /** @description What each field was and would be. */
                    changes: Record<string, never>;
                    name: string;
                    userId: string | null;
                }[];
                enabled?: {
                    /** @description What each field was and would be. */
                    changes: Record<string, never>;
                    name: string;
                    userId: string | null;
                }[];
                groupsChanged?: {
                    /** @description What each field was and would be. */
                    changes: Record<string, never>;
                    name: string;
                    userId: string | null;
                }[];
                groupsCreated?: {
                    /** @description What each field was and would be. */
                    changes: Record<string, never>;
                    name: string;
                    userId: string | null;
                }[];
                groupsRemoved?: {
                    /** @description What each field was and would be. */
                    changes: Record<string, never>;
                    name: string;
                    userId: string | null;
                }[];
                members?: {
                    /** @description What each field was and would be. */
                    changes: Record<string, never>;
                    name: string;
                    userId: string | null;
                }[];
                removed?: {
                    /** @description What each field was and would be. */
                    changes: Record<string, never>;
                    name: string;
                    userId: string | null;
                }[];
            } | null;
            /** @description The first 200 are among `problems`. */
            problemCount: number;
            problems: {
                code: string;
                detail: string | null;
                dn: string;
                id: string | null;
                inTheWay: {
                    userId?: string;
                    userName?: string;
                } | null;
            }[];
            /** Format: date-time */
            startedAt: string;
            /** @enum {string} */
            trigger: "job" | "api" | "page";
        };
        /** MembershipDto */
        MembershipDto: {
            /**
             * Format: date-time
             * @description From then on the membership counts no more; null where it does not end by itself.
             */
            endsAt: string | null;
            /** Format: uuid */
            groupId: string;
            /** Format: uuid */
            userId: string;
        };
        /** OidcClientCreateDto */
        OidcClientCreateDto: {
            /** @description 0 stands for 60. */
            accessTokenDurationMinutes?: number;
            /** @description Not in the contract: the groups whose members may use a restricted client, so that restricting it and letting them in is one change, which signs none of them out. What is left out stays as it is; unknown ids are ignored. */
            allowedUserGroupIds?: string[];
            callbackURLs?: string[];
            credentials?: {
                federatedIdentities?: {
                    audience?: string | null;
                    issuer: string;
                    jwks?: string | null;
                    /** @description Whether an assertion counts once, as it does unless this is false. */
                    replayProtection?: boolean;
                    subject?: string | null;
                }[] | null;
            };
            /** @description The same for the logo on a dark background. */
            darkLogoUrl?: string | null;
            description?: string;
            /** @description At least 2 characters. Empty: a UUID is drawn. */
            id?: string;
            /** @description A client that is not restricted forgets its groups. */
            isGroupRestricted?: boolean;
            isPublic?: boolean;
            launchURL?: string | null;
            /** @description Where the logo is read from, once. */
            logoUrl?: string | null;
            logoutCallbackURLs?: string[];
            name: string;
            /** @description Always the case for a public client. */
            pkceEnabled?: boolean;
            /** @description Not in the contract. What is left out stays as it is. */
            protocol?: {
                authorizationDetailsTypes?: string[];
                authorizationEncryptedResponse?: {
                    /** @enum {string} */
                    alg: "RSA-OAEP" | "RSA-OAEP-256" | "ECDH-ES" | "ECDH-ES+A256KW";
                    /** @enum {string} */
                    enc: "A128CBC-HS256" | "A256CBC-HS512" | "A128GCM" | "A256GCM";
                } | null;
                /** @enum {string} */
                authorizationSignedResponseAlg?: "RS256" | "PS256" | "ES256" | "EdDSA";
                backchannelLogoutSessionRequired?: boolean;
                backchannelLogoutUri?: string | null;
                claimRules?: {
                    /** @enum {string|null} */
                    as?: "string" | "array" | null;
                    claim: string;
                    /** @description `claim` with `name`, `custom` with `key`, or `constant` with `value`. */
                    source: {
                        key?: string;
                        /** @enum {string} */
                        kind: "claim" | "custom" | "constant";
                        name?: string;
                        value?: unknown;
                    };
                }[];
                defaultScopes?: string[];
                dpopBoundAccessTokens?: boolean;
                fapi?: boolean;
                groupRules?: {
                    include?: string[] | null;
                    rename?: {
                        [key: string]: string;
                    };
                };
                idTokenEncryptedResponse?: {
                    /** @enum {string} */
                    alg: "RSA-OAEP" | "RSA-OAEP-256" | "ECDH-ES" | "ECDH-ES+A256KW";
                    /** @enum {string} */
                    enc: "A128CBC-HS256" | "A256CBC-HS512" | "A128GCM" | "A256GCM";
                } | null;
                /** @enum {string} */
                idTokenSignedResponseAlg?: "RS256" | "PS256" | "ES256" | "EdDSA";
                implicitIdToken?: boolean;
                initiateLoginUri?: string | null;
                /** @enum {string|null} */
                introspectionSignedResponseAlg?: "RS256" | "PS256" | "ES256" | "EdDSA" | null;
                /** @description Whether an administrator knows who runs a client that registered itself: people see its logo from then on. Ends when the client changes its name, addresses or links. */
                isKnown?: boolean;
                jwks?: {
                    keys: Record<string, never>[];
                } | null;
                jwksUri?: string | null;
                /** @description Whether the access tokens of a login are JWTs (RFC 9068). They end here as others do, but whoever verifies one by its signature alone believes it until it expires: let them live for minutes (`accessTokenDurationMinutes`). */
                jwtAccessTokens?: boolean;
                maxSessionAgeMinutes?: number | null;
                operator?: string | null;
                refreshTokenAbsoluteLifetimeMinutes?: number | null;
                requireSignedRequestObject?: boolean;
                sectorIdentifierUri?: string | null;
                /** @enum {string} */
                subjectType?: "public" | "pairwise";
                /** @enum {string} */
                tokenEndpointAuthMethod?: "client_secret" | "client_secret_jwt" | "private_key_jwt";
                userinfoEncryptedResponse?: {
                    /** @enum {string} */
                    alg: "RSA-OAEP" | "RSA-OAEP-256" | "ECDH-ES" | "ECDH-ES+A256KW";
                    /** @enum {string} */
                    enc: "A128CBC-HS256" | "A256CBC-HS512" | "A128GCM" | "A256GCM";
                } | null;
                /** @enum {string|null} */
                userinfoSignedResponseAlg?: "RS256" | "PS256" | "ES256" | "EdDSA" | null;
                userNames?: {
                    [key: string]: string;
                };
            };
            /** @description 0 stands for 43200. */
            refreshTokenDurationMinutes?: number;
            requiresPushedAuthorizationRequests?: boolean;
            requiresReauthentication?: boolean;
            skipConsent?: boolean;
        };
        /** OidcClientDto */
        OidcClientDto: {
            accessTokenDurationMinutes: number;
            callbackURLs: string[];
            /** @enum {string} */
            clientType: "standard" | "cimd";
            credentials: {
                federatedIdentities: {
                    audience?: string;
                    issuer: string;
                    jwks?: string;
                    replayProtection: boolean;
                    subject?: string;
                }[];
                secrets: components["schemas"]["OidcClientSecretDto"][];
            };
            description: string;
            hasDarkLogo: boolean;
            hasLogo: boolean;
            id: string;
            isGroupRestricted: boolean;
            isPublic: boolean;
            launchURL: string | null;
            logoutCallbackURLs: string[];
            name: string;
            pkceEnabled: boolean;
            pkceSupported?: boolean;
            protocol: {
                authorizationDetailsTypes?: string[];
                authorizationEncryptedResponse?: {
                    /** @enum {string} */
                    alg: "RSA-OAEP" | "RSA-OAEP-256" | "ECDH-ES" | "ECDH-ES+A256KW";
                    /** @enum {string} */
                    enc: "A128CBC-HS256" | "A256CBC-HS512" | "A128GCM" | "A256GCM";
                } | null;
                /** @enum {string} */
                authorizationSignedResponseAlg?: "RS256" | "PS256" | "ES256" | "EdDSA";
                backchannelLogoutSessionRequired?: boolean;
                backchannelLogoutUri?: string | null;
                claimRules?: {
                    /** @enum {string|null} */
                    as?: "string" | "array" | null;
                    claim: string;
                    /** @description `claim` with `name`, `custom` with `key`, or `constant` with `value`. */
                    source: {
                        key?: string;
                        /** @enum {string} */
                        kind: "claim" | "custom" | "constant";
                        name?: string;
                        value?: unknown;
                    };
                }[];
                defaultScopes?: string[];
                dpopBoundAccessTokens?: boolean;
                fapi?: boolean;
                groupRules?: {
                    include?: string[] | null;
                    rename?: {
                        [key: string]: string;
                    };
                };
                idTokenEncryptedResponse?: {
                    /** @enum {string} */
                    alg: "RSA-OAEP" | "RSA-OAEP-256" | "ECDH-ES" | "ECDH-ES+A256KW";
                    /** @enum {string} */
                    enc: "A128CBC-HS256" | "A256CBC-HS512" | "A128GCM" | "A256GCM";
                } | null;
                /** @enum {string} */
                idTokenSignedResponseAlg?: "RS256" | "PS256" | "ES256" | "EdDSA";
                implicitIdToken?: boolean;
                initiateLoginUri?: string | null;
                /** @enum {string|null} */
                introspectionSignedResponseAlg?: "RS256" | "PS256" | "ES256" | "EdDSA" | null;
                /** @description Whether an administrator knows who runs a client that registered itself: people see its logo from then on. Ends when the client changes its name, addresses or links. */
                isKnown?: boolean;
                jwks?: {
                    keys: Record<string, never>[];
                } | null;
                jwksUri?: string | null;
                /** @description Whether the access tokens of a login are JWTs (RFC 9068). They end here as others do, but whoever verifies one by its signature alone believes it until it expires: let them live for minutes (`accessTokenDurationMinutes`). */
                jwtAccessTokens?: boolean;
                maxSessionAgeMinutes?: number | null;
                operator?: string | null;
                refreshTokenAbsoluteLifetimeMinutes?: number | null;
                requireSignedRequestObject?: boolean;
                sectorIdentifierUri?: string | null;
                /** @enum {string} */
                subjectType?: "public" | "pairwise";
                /** @enum {string} */
                tokenEndpointAuthMethod?: "client_secret" | "client_secret_jwt" | "private_key_jwt";
                userinfoEncryptedResponse?: {
                    /** @enum {string} */
                    alg: "RSA-OAEP" | "RSA-OAEP-256" | "ECDH-ES" | "ECDH-ES+A256KW";
                    /** @enum {string} */
                    enc: "A128CBC-HS256" | "A256CBC-HS512" | "A128GCM" | "A256GCM";
                } | null;
                /** @enum {string|null} */
                userinfoSignedResponseAlg?: "RS256" | "PS256" | "ES256" | "EdDSA" | null;
                userNames?: {
                    [key: string]: string;
                };
            };
            refreshTokenDurationMinutes: number;
            requiresPushedAuthorizationRequests: boolean;
            requiresReauthentication: boolean;
            skipConsent: boolean;
        };
        /** OidcClientMetaDataDto */
        OidcClientMetaDataDto: {
            /** @enum {string} */
            clientType: "standard" | "cimd";
            description: string;
            hasDarkLogo: boolean;
            hasLogo: boolean;
            id: string;
            launchURL: string | null;
            name: string;
            requiresReauthentication: boolean;
        };
        /** OidcClientPreviewDto */
        OidcClientPreviewDto: {
            accessToken: {
                [key: string]: unknown;
            };
            idToken: {
                [key: string]: unknown;
            };
            userInfo: {
                [key: string]: unknown;
            };
        };
        /** OidcClientSecretCreatedDto */
        OidcClientSecretCreatedDto: {
            /** Format: date-time */
            createdAt: string;
            /** Format: date-time */
            expiresAt: string | null;
            id: string;
            isActive: boolean;
            prefix: string;
            /** @description Shown this once. */
            secret: string;
        };
        /** OidcClientSecretDto */
        OidcClientSecretDto: {
            /** Format: date-time */
            createdAt: string;
            /** Format: date-time */
            expiresAt: string | null;
            id: string;
            isActive: boolean;
            prefix: string;
        };
        /** OidcClientSecretListItemDto */
        OidcClientSecretListItemDto: {
            /** Format: date-time */
            createdAt: string;
            /** Format: date-time */
            expiresAt: string | null;
            id: string;
            isActive: boolean;
            /** Format: date-time */
            lastUsedAt: string | null;
            prefix: string;
        };
        /** OidcClientUpdateDto */
        OidcClientUpdateDto: {
            /** @description 0 stands for 60. */
            accessTokenDurationMinutes?: number;
            /** @description Not in the contract: the groups whose members may use a restricted client, so that restricting it and letting them in is one change, which signs none of them out. What is left out stays as it is; unknown ids are ignored. */
            allowedUserGroupIds?: string[];
            callbackURLs?: string[];
            credentials?: {
                federatedIdentities?: {
                    audience?: string | null;
                    issuer: string;
                    jwks?: string | null;
                    /** @description Whether an assertion counts once, as it does unless this is false. */
                    replayProtection?: boolean;
                    subject?: string | null;
                }[] | null;
            };
            /** @description The same for the logo on a dark background. */
            darkLogoUrl?: string | null;
            description?: string;
            /** @description A client that is not restricted forgets its groups. */
            isGroupRestricted?: boolean;
            isPublic?: boolean;
            launchURL?: string | null;
            /** @description Where the logo is read from, once. */
            logoUrl?: string | null;
            logoutCallbackURLs?: string[];
            name: string;
            /** @description Always the case for a public client. */
            pkceEnabled?: boolean;
            /** @description Not in the contract. What is left out stays as it is. */
            protocol?: {
                authorizationDetailsTypes?: string[];
                authorizationEncryptedResponse?: {
                    /** @enum {string} */
                    alg: "RSA-OAEP" | "RSA-OAEP-256" | "ECDH-ES" | "ECDH-ES+A256KW";
                    /** @enum {string} */
                    enc: "A128CBC-HS256" | "A256CBC-HS512" | "A128GCM" | "A256GCM";
                } | null;
                /** @enum {string} */
                authorizationSignedResponseAlg?: "RS256" | "PS256" | "ES256" | "EdDSA";
                backchannelLogoutSessionRequired?: boolean;
                backchannelLogoutUri?: string | null;
                claimRules?: {
                    /** @enum {string|null} */
                    as?: "string" | "array" | null;
                    claim: string;
                    /** @description `claim` with `name`, `custom` with `key`, or `constant` with `value`. */
                    source: {
                        key?: string;
                        /** @enum {string} */
                        kind: "claim" | "custom" | "constant";
                        name?: string;
                        value?: unknown;
                    };
                }[];
                defaultScopes?: string[];
                dpopBoundAccessTokens?: boolean;
                fapi?: boolean;
                groupRules?: {
                    include?: string[] | null;
                    rename?: {
                        [key: string]: string;
                    };
                };
                idTokenEncryptedResponse?: {
                    /** @enum {string} */
                    alg: "RSA-OAEP" | "RSA-OAEP-256" | "ECDH-ES" | "ECDH-ES+A256KW";
                    /** @enum {string} */
                    enc: "A128CBC-HS256" | "A256CBC-HS512" | "A128GCM" | "A256GCM";
                } | null;
                /** @enum {string} */
                idTokenSignedResponseAlg?: "RS256" | "PS256" | "ES256" | "EdDSA";
                implicitIdToken?: boolean;
                initiateLoginUri?: string | null;
                /** @enum {string|null} */
                introspectionSignedResponseAlg?: "RS256" | "PS256" | "ES256" | "EdDSA" | null;
                /** @description Whether an administrator knows who runs a client that registered itself: people see its logo from then on. Ends when the client changes its name, addresses or links. */
                isKnown?: boolean;
                jwks?: {
                    keys: Record<string, never>[];
                } | null;
                jwksUri?: string | null;
                /** @description Whether the access tokens of a login are JWTs (RFC 9068). They end here as others do, but whoever verifies one by its signature alone believes it until it expires: let them live for minutes (`accessTokenDurationMinutes`). */
                jwtAccessTokens?: boolean;
                maxSessionAgeMinutes?: number | null;
                operator?: string | null;
                refreshTokenAbsoluteLifetimeMinutes?: number | null;
                requireSignedRequestObject?: boolean;
                sectorIdentifierUri?: string | null;
                /** @enum {string} */
                subjectType?: "public" | "pairwise";
                /** @enum {string} */
                tokenEndpointAuthMethod?: "client_secret" | "client_secret_jwt" | "private_key_jwt";
                userinfoEncryptedResponse?: {
                    /** @enum {string} */
                    alg: "RSA-OAEP" | "RSA-OAEP-256" | "ECDH-ES" | "ECDH-ES+A256KW";
                    /** @enum {string} */
                    enc: "A128CBC-HS256" | "A256CBC-HS512" | "A128GCM" | "A256GCM";
                } | null;
                /** @enum {string|null} */
                userinfoSignedResponseAlg?: "RS256" | "PS256" | "ES256" | "EdDSA" | null;
                userNames?: {
                    [key: string]: string;
                };
            };
            /** @description 0 stands for 43200. */
            refreshTokenDurationMinutes?: number;
            requiresPushedAuthorizationRequests?: boolean;
            requiresReauthentication?: boolean;
            skipConsent?: boolean;
        };
        /** OidcClientWithAllowedGroupsCountDto */
        OidcClientWithAllowedGroupsCountDto: {
            accessTokenDurationMinutes: number;
            allowedUserGroupsCount: number;
            callbackURLs: string[];
            /** @enum {string} */
            clientType: "standard" | "cimd";
            credentials: {
                federatedIdentities: {
                    audience?: string;
                    issuer: string;
                    jwks?: string;
                    replayProtection: boolean;
                    subject?: string;
                }[];
                secrets: components["schemas"]["OidcClientSecretDto"][];
            };
            description: string;
            hasDarkLogo: boolean;
            hasLogo: boolean;
            id: string;
            isGroupRestricted: boolean;
            isPublic: boolean;
            launchURL: string | null;
            logoutCallbackURLs: string[];
            name: string;
            pkceEnabled: boolean;
            pkceSupported?: boolean;
            protocol: {
                authorizationDetailsTypes?: string[];
                authorizationEncryptedResponse?: {
                    /** @enum {string} */
                    alg: "RSA-OAEP" | "RSA-OAEP-256" | "ECDH-ES" | "ECDH-ES+A256KW";
                    /** @enum {string} */
                    enc: "A128CBC-HS256" | "A256CBC-HS512" | "A128GCM" | "A256GCM";
                } | null;
                /** @enum {string} */
                authorizationSignedResponseAlg?: "RS256" | "PS256" | "ES256" | "EdDSA";
                backchannelLogoutSessionRequired?: boolean;
                backchannelLogoutUri?: string | null;
                claimRules?: {
                    /** @enum {string|null} */
                    as?: "string" | "array" | null;
                    claim: string;
                    /** @description `claim` with `name`, `custom` with `key`, or `constant` with `value`. */
                    source: {
                        key?: string;
                        /** @enum {string} */
                        kind: "claim" | "custom" | "constant";
                        name?: string;
                        value?: unknown;
                    };
                }[];
                defaultScopes?: string[];
                dpopBoundAccessTokens?: boolean;
                fapi?: boolean;
                groupRules?: {
                    include?: string[] | null;
                    rename?: {
                        [key: string]: string;
                    };
                };
                idTokenEncryptedResponse?: {
                    /** @enum {string} */
                    alg: "RSA-OAEP" | "RSA-OAEP-256" | "ECDH-ES" | "ECDH-ES+A256KW";
                    /** @enum {string} */
                    enc: "A128CBC-HS256" | "A256CBC-HS512" | "A128GCM" | "A256GCM";
                } | null;
                /** @enum {string} */
                idTokenSignedResponseAlg?: "RS256" | "PS256" | "ES256" | "EdDSA";
                implicitIdToken?: boolean;
                initiateLoginUri?: string | null;
                /** @enum {string|null} */
                introspectionSignedResponseAlg?: "RS256" | "PS256" | "ES256" | "EdDSA" | null;
                /** @description Whether an administrator knows who runs a client that registered itself: people see its logo from then on. Ends when the client changes its name, addresses or links. */
                isKnown?: boolean;
                jwks?: {
                    keys: Record<string, never>[];
                } | null;
                jwksUri?: string | null;
                /** @description Whether the access tokens of a login are JWTs (RFC 9068). They end here as others do, but whoever verifies one by its signature alone believes it until it expires: let them live for minutes (`accessTokenDurationMinutes`). */
                jwtAccessTokens?: boolean;
                maxSessionAgeMinutes?: number | null;
                operator?: string | null;
                refreshTokenAbsoluteLifetimeMinutes?: number | null;
                requireSignedRequestObject?: boolean;
                sectorIdentifierUri?: string | null;
                /** @enum {string} */
                subjectType?: "public" | "pairwise";
                /** @enum {string} */
                tokenEndpointAuthMethod?: "client_secret" | "client_secret_jwt" | "private_key_jwt";
                userinfoEncryptedResponse?: {
                    /** @enum {string} */
                    alg: "RSA-OAEP" | "RSA-OAEP-256" | "ECDH-ES" | "ECDH-ES+A256KW";
                    /** @enum {string} */
                    enc: "A128CBC-HS256" | "A256CBC-HS512" | "A128GCM" | "A256GCM";
                } | null;
                /** @enum {string|null} */
                userinfoSignedResponseAlg?: "RS256" | "PS256" | "ES256" | "EdDSA" | null;
                userNames?: {
                    [key: string]: string;
                };
            };
            refreshTokenDurationMinutes: number;
            requiresPushedAuthorizationRequests: boolean;
            requiresReauthentication: boolean;
            skipConsent: boolean;
        };
        /** OidcClientWithAllowedUserGroupsDto */
        OidcClientWithAllowedUserGroupsDto: {
            accessTokenDurationMinutes: number;
            allowedUserGroups: {
                /** Format: date-time */
                createdAt: string;
                customClaims: {
                    key: string;
                    value: string;
                }[];
                friendlyName: string;
                id: string;
                ldapId: string | null;
                name: string;
                userCount: number;
            }[];
            callbackURLs: string[];
            /** @enum {string} */
            clientType: "standard" | "cimd";
            credentials: {
                federatedIdentities: {
                    audience?: string;
                    issuer: string;
                    jwks?: string;
                    replayProtection: boolean;
                    subject?: string;
                }[];
                secrets: components["schemas"]["OidcClientSecretDto"][];
            };
            description: string;
            hasDarkLogo: boolean;
            hasLogo: boolean;
            id: string;
            isGroupRestricted: boolean;
            isPublic: boolean;
            launchURL: string | null;
            logoutCallbackURLs: string[];
            name: string;
            pkceEnabled: boolean;
            pkceSupported?: boolean;
            protocol: {
                authorizationDetailsTypes?: string[];
                authorizationEncryptedResponse?: {
                    /** @enum {string} */
                    alg: "RSA-OAEP" | "RSA-OAEP-256" | "ECDH-ES" | "ECDH-ES+A256KW";
                    /** @enum {string} */
                    enc: "A128CBC-HS256" | "A256CBC-HS512" | "A128GCM" | "A256GCM";
                } | null;
                /** @enum {string} */
                authorizationSignedResponseAlg?: "RS256" | "PS256" | "ES256" | "EdDSA";
                backchannelLogoutSessionRequired?: boolean;
                backchannelLogoutUri?: string | null;
                claimRules?: {
                    /** @enum {string|null} */
                    as?: "string" | "array" | null;
                    claim: string;
                    /** @description `claim` with `name`, `custom` with `key`, or `constant` with `value`. */
                    source: {
                        key?: string;
                        /** @enum {string} */
                        kind: "claim" | "custom" | "constant";
                        name?: string;
                        value?: unknown;
                    };
                }[];
                defaultScopes?: string[];
                dpopBoundAccessTokens?: boolean;
                fapi?: boolean;
                groupRules?: {
                    include?: string[] | null;
                    rename?: {
                        [key: string]: string;
                    };
                };
                idTokenEncryptedResponse?: {
                    /** @enum {string} */
                    alg: "RSA-OAEP" | "RSA-OAEP-256" | "ECDH-ES" | "ECDH-ES+A256KW";
                    /** @enum {string} */
                    enc: "A128CBC-HS256" | "A256CBC-HS512" | "A128GCM" | "A256GCM";
                } | null;
                /** @enum {string} */
                idTokenSignedResponseAlg?: "RS256" | "PS256" | "ES256" | "EdDSA";
                implicitIdToken?: boolean;
                initiateLoginUri?: string | null;
                /** @enum {string|null} */
                introspectionSignedResponseAlg?: "RS256" | "PS256" | "ES256" | "EdDSA" | null;
                /** @description Whether an administrator knows who runs a client that registered itself: people see its logo from then on. Ends when the client changes its name, addresses or links. */
                isKnown?: boolean;
                jwks?: {
                    keys: Record<string, never>[];
                } | null;
                jwksUri?: string | null;
                /** @description Whether the access tokens of a login are JWTs (RFC 9068). They end here as others do, but whoever verifies one by its signature alone believes it until it expires: let them live for minutes (`accessTokenDurationMinutes`). */
                jwtAccessTokens?: boolean;
                maxSessionAgeMinutes?: number | null;
                operator?: string | null;
                refreshTokenAbsoluteLifetimeMinutes?: number | null;
                requireSignedRequestObject?: boolean;
                sectorIdentifierUri?: string | null;
                /** @enum {string} */
                subjectType?: "public" | "pairwise";
                /** @enum {string} */
                tokenEndpointAuthMethod?: "client_secret" | "client_secret_jwt" | "private_key_jwt";
                userinfoEncryptedResponse?: {
                    /** @enum {string} */
                    alg: "RSA-OAEP" | "RSA-OAEP-256" | "ECDH-ES" | "ECDH-ES+A256KW";
                    /** @enum {string} */
                    enc: "A128CBC-HS256" | "A256CBC-HS512" | "A128GCM" | "A256GCM";
                } | null;
                /** @enum {string|null} */
                userinfoSignedResponseAlg?: "RS256" | "PS256" | "ES256" | "EdDSA" | null;
                userNames?: {
                    [key: string]: string;
                };
            };
            refreshTokenDurationMinutes: number;
            requiresPushedAuthorizationRequests: boolean;
            requiresReauthentication: boolean;
            skipConsent: boolean;
        };
        /** OidcUpdateAllowedUserGroupsDto */
        OidcUpdateAllowedUserGroupsDto: {
            userGroupIds: string[];
        };
        /** OwnDataDto */
        OwnDataDto: {
            account: components["schemas"]["UserDto"];
            allowedApplications: Record<string, never>[];
            /** @description Without the keys themselves. */
            apiKeys: Record<string, never>[];
            /** @description As the export of the audit log has it, the newest first. */
            auditLog: Record<string, never>[];
            /** Format: date-time */
            exportedAt: string;
            /** @description Ids of clients. */
            favouriteApplications: string[];
            passkeys: components["schemas"]["WebauthnCredentialDto"][];
            sessions: Record<string, never>[];
        };
        /** OwnSettingsDto */
        OwnSettingsDto: {
            /** @description How long entries of the audit log are kept, in days. */
            auditLogRetentionDays: number;
            /**
             * @description Who may register clients by dynamic client registration (RFC 7591): nobody, who has an initial access token, or anybody.
             * @enum {string}
             */
            dynamicRegistration: "off" | "with-token" | "open";
            /** @description Whether a dynamically registered client has no users until an administrator allows groups. */
            dynamicRegistrationRestricted: boolean;
            /** @description Certificates (PEM) of the certificate authorities trusted for the LDAP server, instead of the system's. */
            ldapCaCertificate: string;
            /** @description The share of imported people, groups or memberships that an import may remove without confirmation, in percent. 100 never asks. */
            ldapRemovalLimitPercent: number;
            /** @description Whether an `ldap://` connection is encrypted with StartTLS. */
            ldapStartTls: boolean;
            /** @description How long an import waits for a response of the LDAP server. */
            ldapTimeoutSeconds: number;
            /** @description The settings that the environment decides, so that nobody can change them here. */
            locked: ("auditLogRetentionDays" | "dynamicRegistration" | "dynamicRegistrationRestricted" | "unusedClientDays" | "ldapCaCertificate" | "ldapRemovalLimitPercent" | "ldapStartTls" | "ldapTimeoutSeconds" | "ownAccountRemoval" | "passkeyAllowedModels" | "passkeyDeniedModels" | "passkeyAttestation" | "passkeyCounterRegression" | "passkeyNonCompliance" | "passkeyNonComplianceFrom" | "sessionIdleMinutes" | "signUpApproval" | "signUpVerification" | "styleVariables" | "webFingerDomains")[];
            /** @description Whether people can delete their own account. */
            ownAccountRemoval: boolean;
            /** @description AAGUIDs of the accepted authenticator models. Empty accepts all. Only an attestation proves a model. */
            passkeyAllowedModels: string[];
            /**
             * @description Whether a new passkey must prove its model with an attestation known to the FIDO Metadata Service (`required`). Synced passkeys cannot.
             * @enum {string}
             */
            passkeyAttestation: "none" | "required";
            /**
             * @description What happens if a passkey's signature counter does not increase, which can mean a cloned passkey: an audit event (`audit`), or a rejected sign-in as well (`refuse`).
             * @enum {string}
             */
            passkeyCounterRegression: "audit" | "refuse";
            /** @description AAGUIDs of rejected authenticator models. */
            passkeyDeniedModels: string[];
            /**
             * @description Treatment of existing passkeys that do not comply with the policy: they keep working (`keep`), their owners are warned (`warn`), or they are rejected from `passkeyNonComplianceFrom` on (`require`).
             * @enum {string}
             */
            passkeyNonCompliance: "keep" | "warn" | "require";
            /** @description The date from which `require` rejects non-compliant passkeys, such as 2027-03-01 (UTC). Empty means immediately. */
            passkeyNonComplianceFrom: string;
            /** @description The idle timeout of a session; with 0 the session duration counts from the last use instead of the sign-in. In minutes. */
            sessionIdleMinutes: number;
            /** @description Whether an administrator must approve each sign-up. */
            signUpApproval: boolean;
            /** @description Whether people who sign up must verify an e-mail address first. Unverified sign-ups are deleted after a day. */
            signUpVerification: boolean;
            /** @description Style sheet variables, separated by semicolons or line breaks, such as `--paper: #fff`: `--paper`, `--surface`, `--sunken`, `--line`, `--line-strong`, `--ink`, `--ink-2`, `--danger`, `--danger-soft`, `--warn`, `--warn-soft`, `--sans`, `--mono`, `--r1`, `--r2`, `--r3`, `--control`. */
            styleVariables: string;
            /** @description After how many days a client that was registered openly is removed, where nobody has ever used it. */
            unusedClientDays: number;
            /** @description E-mail domains for which WebFinger (RFC 7033) returns this provider. */
            webFingerDomains: string[];
        };
        /**
         * OwnSettingsUpdateDto
         * @description What is absent stays as it is; null asks for the default.
         */
        OwnSettingsUpdateDto: {
            /** @description How long entries of the audit log are kept, in days. */
            auditLogRetentionDays?: number | null;
            /**
             * @description Who may register clients by dynamic client registration (RFC 7591): nobody, who has an initial access token, or anybody.
             * @enum {string|null}
             */
            dynamicRegistration?: "off" | "with-token" | "open" | null;
            /** @description Whether a dynamically registered client has no users until an administrator allows groups. */
            dynamicRegistrationRestricted?: boolean | null;
            /** @description Certificates (PEM) of the certificate authorities trusted for the LDAP server, instead of the system's. */
            ldapCaCertificate?: string | null;
            /** @description The share of imported people, groups or memberships that an import may remove without confirmation, in percent. 100 never asks. */
            ldapRemovalLimitPercent?: number | null;
            /** @description Whether an `ldap://` connection is encrypted with StartTLS. */
            ldapStartTls?: boolean | null;
            /** @description How long an import waits for a response of the LDAP server. */
            ldapTimeoutSeconds?: number | null;
            /** @description Whether people can delete their own account. */
            ownAccountRemoval?: boolean | null;
            /** @description AAGUIDs of the accepted authenticator models. Empty accepts all. Only an attestation proves a model. */
            passkeyAllowedModels?: string[] | null;
            /**
             * @description Whether a new passkey must prove its model with an attestation known to the FIDO Metadata Service (`required`). Synced passkeys cannot.
             * @enum {string|null}
             */
            passkeyAttestation?: "none" | "required" | null;
            /**
             * @description What happens if a passkey's signature counter does not increase, which can mean a cloned passkey: an audit event (`audit`), or a rejected sign-in as well (`refuse`).
             * @enum {string|null}
             */
            passkeyCounterRegression?: "audit" | "refuse" | null;
            /** @description AAGUIDs of rejected authenticator models. */
            passkeyDeniedModels?: string[] | null;
            /**
             * @description Treatment of existing passkeys that do not comply with the policy: they keep working (`keep`), their owners are warned (`warn`), or they are rejected from `passkeyNonComplianceFrom` on (`require`).
             * @enum {string|null}
             */
            passkeyNonCompliance?: "keep" | "warn" | "require" | null;
            /** @description The date from which `require` rejects non-compliant passkeys, such as 2027-03-01 (UTC). Empty means immediately. */
            passkeyNonComplianceFrom?: string | null;
            /** @description The idle timeout of a session; with 0 the session duration counts from the last use instead of the sign-in. In minutes. */
            sessionIdleMinutes?: number | null;
            /** @description Whether an administrator must approve each sign-up. */
            signUpApproval?: boolean | null;
            /** @description Whether people who sign up must verify an e-mail address first. Unverified sign-ups are deleted after a day. */
            signUpVerification?: boolean | null;
            /** @description Style sheet variables, separated by semicolons or line breaks, such as `--paper: #fff`: `--paper`, `--surface`, `--sunken`, `--line`, `--line-strong`, `--ink`, `--ink-2`, `--danger`, `--danger-soft`, `--warn`, `--warn-soft`, `--sans`, `--mono`, `--r1`, `--r2`, `--r3`, `--control`. */
            styleVariables?: string | null;
            /** @description After how many days a client that was registered openly is removed, where nobody has ever used it. */
            unusedClientDays?: number | null;
            /** @description E-mail domains for which WebFinger (RFC 7033) returns this provider. */
            webFingerDomains?: string[] | null;
        };
        /** Pagination */
        Pagination: {
            currentPage: number;
            itemsPerPage: number;
            totalItems: number;
            totalPages: number;
        };
        /** PasskeyComplianceDto */
        PasskeyComplianceDto: {
            /** @description Those among them that comply with the policy as it is. */
            newlyNonCompliant: number;
            /** @description Passkeys that the policy would not accept today. */
            nonCompliant: number;
            passkeys: number;
            problems: {
                attachment: number;
                model_denied: number;
                model_not_allowed: number;
                not_attested: number;
                synced: number;
                unverified: number;
            };
            /** @description Users who have such passkeys. */
            users: number;
            /** @description Those among them who have no other passkeys. */
            usersWithoutCompliant: string[];
        };
        /** PasskeyRemovalDto */
        PasskeyRemovalDto: {
            /** @description What was made in the sessions that ended with the passkey; passkeys first. */
            made: {
                /** Format: date-time */
                createdAt: string;
                id: string;
                /** @enum {string} */
                kind: "passkey" | "api_key" | "client_secret" | "login_code" | "device";
                /** @description Of the passkey or API key, the client of a secret, the user of a login code, or the browser and system of a device. */
                name: string;
                /**
                 * @description `kept` is the passkey that was used last in the session that asks: it is not withdrawn.
                 * @enum {string}
                 */
                state: "active" | "withdrawn" | "kept";
            }[];
            /** Format: uuid */
            passkeyId: string;
            passkeyName: string;
        };
        /** PublicKeyCredentialCreationOptionsJSON */
        PublicKeyCredentialCreationOptionsJSON: {
            authenticatorSelection?: Record<string, never>;
            /** @description In base64url. */
            challenge: string;
            excludeCredentials?: Record<string, never>[];
            pubKeyCredParams: Record<string, never>[];
            rp: Record<string, never>;
            /** @description Milliseconds. */
            timeout?: number;
            user: Record<string, never>;
        };
        /** PublicKeyCredentialRequestOptionsJSON */
        PublicKeyCredentialRequestOptionsJSON: {
            /** @description In base64url. */
            challenge: string;
            rpId?: string;
            /** @description Milliseconds. */
            timeout?: number;
            userVerification?: string;
        };
        /** RegistrationResponseJSON */
        RegistrationResponseJSON: Record<string, never>;
        /** ScimCountsDto */
        ScimCountsDto: {
            created: number;
            deactivated: number;
            deleted: number;
            failed: number;
            /** @description There already, and not created by this server. */
            found: number;
            /** @description How many may use the client. */
            total: number;
            unchanged: number;
            updated: number;
        };
        /** ScimReportDto */
        ScimReportDto: {
            /** Format: date-time */
            finishedAt: string;
            groups: components["schemas"]["ScimCountsDto"];
            problemCount: number;
            /** @description The first hundred. */
            problems: {
                /** @enum {string} */
                code: "certificate" | "conflict" | "cut_off" | "endless_listing" | "forbidden" | "interrupted" | "no_scim_here" | "not_found" | "not_public" | "not_scim" | "rate_limited" | "redirected" | "refused" | "scheme" | "server_error" | "timeout" | "too_large" | "took_too_long" | "unauthorized" | "unreachable" | "duplicate" | "id_missing" | "id_reused" | "still_active";
                /** @description What the target said. */
                detail: string | null;
                id: string;
                /** @enum {string} */
                kind: "user" | "group";
                name: string;
            }[];
            requests: number;
            /** Format: date-time */
            startedAt: string;
            /** @description Why it ended before everything was done. */
            stopped: {
                code: string;
                detail: string | null;
            } | null;
            users: components["schemas"]["ScimCountsDto"];
            /** @description Whether the target knows people only. */
            withoutGroups: boolean;
        };
        /** ScimServiceProviderCreateDTO */
        ScimServiceProviderCreateDTO: {
            endpoint: string;
            oidcClientId: string;
            /** @enum {string} */
            removal?: "deactivate" | "delete";
            /** @description The placeholder keeps the one that is there. */
            token?: string;
        };
        /** ScimServiceProviderDTO */
        ScimServiceProviderDTO: {
            /** Format: date-time */
            createdAt: string;
            endpoint: string;
            id: string;
            lastReport: components["schemas"]["ScimReportDto"] | null;
            /**
             * Format: date-time
             * @description When the target was up to date last.
             */
            lastSyncedAt: string | null;
            oidcClient: components["schemas"]["OidcClientMetaDataDto"];
            /**
             * @description What becomes of people who may no longer use the client.
             * @enum {string}
             */
            removal: "deactivate" | "delete";
            /** @description A placeholder; empty where there is none. */
            token: string;
        };
        /** SearchDto */
        SearchDto: {
            results: components["schemas"]["SearchResultDto"][];
            /** @description How many there are, in words. */
            summary: string;
        };
        /** SearchResultDto */
        SearchResultDto: {
            /** @description What tells it from others of the same name. */
            detail: string;
            /** @description A path of this server, or the address of an application. */
            href: string;
            /** @enum {string} */
            kind: "page" | "application" | "user" | "group" | "client";
            /** @description What the kind is called, in the language of whoever asks. */
            kindName: string;
            name: string;
        };
        /** SessionDto */
        SessionDto: {
            /** @description Of the last use; empty where it is not known. */
            city: string;
            /** @description The applications that were entered in it. */
            clients: {
                id: string;
                name: string;
            }[];
            /** @description Of the last use; empty where it is not known. */
            country: string;
            /** @description Whether it is the one that asks. */
            current: boolean;
            /** @description Browser and system of the last use; empty where they are not known. */
            device: string;
            /**
             * Format: date-time
             * @description Where it is not used any more.
             */
            expiresAt: string;
            /** @description Names the session, and lets nobody in. */
            id: string;
            /** @description Of the last use. */
            ipAddress: string | null;
            /**
             * Format: date-time
             * @description Exact to a minute.
             */
            lastUsedAt: string;
            /** Format: date-time */
            startedAt: string;
        };
        /** SettingVariable */
        SettingVariable: {
            key: string;
            type: string;
            value: string;
        };
        /** SettingVariableOfAdministrators */
        SettingVariableOfAdministrators: {
            /** @description Whether everybody may read it. */
            isPublic: boolean;
            key: string;
            type: string;
            value: string;
        };
        /** SetUpDto */
        SetUpDto: {
            email?: string | null;
            firstName?: string;
            lastName?: string;
            username: string;
        };
        /** SigningKeyDto */
        SigningKeyDto: {
            /** @enum {string} */
            algorithm: "RS256" | "PS256" | "ES256" | "EdDSA";
            kid: string;
            /** Format: date-time */
            since: string;
            /** @enum {string} */
            status: "current" | "next" | "previous";
            /**
             * Format: date-time
             * @description A `current` key stops signing then, a `next` one begins to, a `previous` one is no longer published.
             */
            until: string;
        };
        /** SignUpDto */
        SignUpDto: {
            /** @description Required where the settings say so. */
            email?: string | null;
            firstName?: string;
            lastName?: string;
            /** @description Not needed where everybody may sign up. */
            token?: string;
            username: string;
        };
        /** SignupTokenCreateDto */
        SignupTokenCreateDto: {
            /** @description Seconds, or a duration such as 15m or 1h30m; more than a second, 31 days at most. 0: as usual. Usual is an hour. */
            ttl?: number | string;
            /** @description How many may sign up with it. */
            usageLimit: number;
            /** @description The groups of whoever signs up with it, instead of those of the settings. */
            userGroupIds?: string[];
        };
        /** SignupTokenDto */
        SignupTokenDto: {
            /** Format: date-time */
            createdAt: string;
            /** Format: date-time */
            expiresAt: string;
            /** Format: uuid */
            id: string;
            /** @description Empty for a limited API key, and in a session without a passkey. */
            token: string;
            usageCount: number;
            usageLimit: number;
            userGroups: components["schemas"]["UserGroupMinimalDto"][];
        };
        /** UserCreateDto */
        UserCreateDto: {
            /** @description Only an administrator decides about it. */
            disabled?: boolean;
            /** @description Made of the other names where it is missing. */
            displayName?: string;
            email?: string | null;
            /** @description Only an administrator decides about it. */
            emailVerified?: boolean;
            firstName?: string;
            /** @description A UUID, only for a new user. Empty: one is drawn. */
            id?: string;
            /** @description Only an administrator decides about it. */
            isAdmin?: boolean;
            lastName?: string;
            /** @description A language tag such as de or pt-BR. */
            locale?: string | null;
            /** @description Only for a new user. */
            userGroupIds?: string[];
            username: string;
        };
        /** UserDto */
        UserDto: {
            customClaims: components["schemas"]["CustomClaimDto"][];
            disabled: boolean;
            displayName: string;
            email: string | null;
            emailVerified: boolean;
            firstName: string;
            /** Format: uuid */
            id: string;
            isAdmin: boolean;
            lastName: string | null;
            ldapId: string | null;
            locale: string | null;
            userGroups: components["schemas"]["UserGroupMinimalDto"][];
            username: string;
        };
        /** UserGroupCreateDto */
        UserGroupCreateDto: {
            /** @description What people read. */
            friendlyName: string;
            /** @description What clients are told; no two groups share it. */
            name: string;
        };
        /** UserGroupDto */
        UserGroupDto: {
            /** @description The clients that the group may use although they are restricted. */
            allowedOidcClients: Record<string, never>[];
            /** Format: date-time */
            createdAt: string;
            customClaims: components["schemas"]["CustomClaimDto"][];
            friendlyName: string;
            /** Format: uuid */
            id: string;
            ldapId: string | null;
            name: string;
            users: components["schemas"]["UserDto"][];
        };
        /** UserGroupMinimalDto */
        UserGroupMinimalDto: {
            /** Format: date-time */
            createdAt: string;
            customClaims: components["schemas"]["CustomClaimDto"][];
            friendlyName: string;
            /** Format: uuid */
            id: string;
            ldapId: string | null;
            name: string;
            /** @description Counted in the list of groups; 0 elsewhere. */
            userCount: number;
        };
        /** UserGroupUpdateAllowedOidcClientsDto */
        UserGroupUpdateAllowedOidcClientsDto: {
            oidcClientIds: string[];
        };
        /** WaitingUserDto */
        WaitingUserDto: {
            /** @description Otherwise they come in as soon as their e-mail address is verified. */
            awaitsAdministrator: boolean;
            /** Format: date-time */
            requestedAt: string;
            user: components["schemas"]["UserDto"];
        };
        /** WebauthnCredentialDto */
        WebauthnCredentialDto: {
            attestationType: string;
            backupEligible: boolean;
            backupState: boolean;
            /** Format: date-time */
            createdAt: string;
            /** @description In base64url. */
            credentialID: string;
            /** Format: uuid */
            id: string;
            name: string;
            transport: string[];
        };
    };
    responses: {
        /** @description It has been changed since it was read. */
        Changed: {
            headers: AnyHeaders;
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description The caller may not do this. */
        Forbidden: {
            headers: AnyHeaders;
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description The input is wrong; `details.fields` says where. */
        InvalidInput: {
            headers: AnyHeaders;
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description There is no such thing. */
        NotFound: {
            headers: AnyHeaders;
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description Nobody is signed in, or the API key is not valid. */
        NotSignedIn: {
            headers: AnyHeaders;
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description It was refused; `code` says why. */
        Refused: {
            headers: AnyHeaders;
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description It was tried too often; the header `Retry-After` says for how many seconds to wait. */
        TooMany: {
            headers: AnyHeaders;
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
    };
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type AccessibleOidcClientDto = components['schemas']['AccessibleOidcClientDto'];
export type ApiAccessDto = components['schemas']['ApiAccessDto'];
export type ApiAccessUpdateDto = components['schemas']['ApiAccessUpdateDto'];
export type ApiCimdAccessUpdateDto = components['schemas']['ApiCimdAccessUpdateDto'];
export type ApiClientAccessDto = components['schemas']['ApiClientAccessDto'];
export type ApiClientDto = components['schemas']['ApiClientDto'];
export type ApiClientGrantDto = components['schemas']['ApiClientGrantDto'];
export type ApiClientGrantUpdateDto = components['schemas']['ApiClientGrantUpdateDto'];
export type ApiCreateDto = components['schemas']['ApiCreateDto'];
export type ApiKeyCreateDto = components['schemas']['ApiKeyCreateDto'];
export type ApiKeyDto = components['schemas']['ApiKeyDto'];
export type ApiKeyRenewDto = components['schemas']['ApiKeyRenewDto'];
export type ApiKeyResponseDto = components['schemas']['ApiKeyResponseDto'];
export type ApiPermissionsUpdateDto = components['schemas']['ApiPermissionsUpdateDto'];
export type ApiResponseDto = components['schemas']['ApiResponseDto'];
export type ApiUpdateDto = components['schemas']['ApiUpdateDto'];
export type AuditLogDto = components['schemas']['AuditLogDto'];
export type AuthenticationResponseJson = components['schemas']['AuthenticationResponseJSON'];
export type AuthorizedOidcClientDto = components['schemas']['AuthorizedOidcClientDto'];
export type ClientApiGrantDto = components['schemas']['ClientApiGrantDto'];
export type ConnectionAttemptDto = components['schemas']['ConnectionAttemptDto'];
export type CurrentVersionDto = components['schemas']['CurrentVersionDto'];
export type CustomClaimDto = components['schemas']['CustomClaimDto'];
export type DeviceCodeInfoDto = components['schemas']['DeviceCodeInfoDto'];
export type DeviceLoginRequestDto = components['schemas']['DeviceLoginRequestDto'];
export type DeviceLoginVerificationDto = components['schemas']['DeviceLoginVerificationDto'];
export type EmailDto = components['schemas']['EmailDto'];
export type Error = components['schemas']['Error'];
export type FieldError = components['schemas']['FieldError'];
export type InitialAccessTokenCreateDto = components['schemas']['InitialAccessTokenCreateDto'];
export type InitialAccessTokenDto = components['schemas']['InitialAccessTokenDto'];
export type JobDto = components['schemas']['JobDto'];
export type KeyReplacementDto = components['schemas']['KeyReplacementDto'];
export type LatestVersionDto = components['schemas']['LatestVersionDto'];
export type LdapRunDto = components['schemas']['LdapRunDto'];
export type MembershipDto = components['schemas']['MembershipDto'];
export type OidcClientCreateDto = components['schemas']['OidcClientCreateDto'];
export type OidcClientDto = components['schemas']['OidcClientDto'];
export type OidcClientMetaDataDto = components['schemas']['OidcClientMetaDataDto'];
export type OidcClientPreviewDto = components['schemas']['OidcClientPreviewDto'];
export type OidcClientSecretCreatedDto = components['schemas']['OidcClientSecretCreatedDto'];
export type OidcClientSecretDto = components['schemas']['OidcClientSecretDto'];
export type OidcClientSecretListItemDto = components['schemas']['OidcClientSecretListItemDto'];
export type OidcClientUpdateDto = components['schemas']['OidcClientUpdateDto'];
export type OidcClientWithAllowedGroupsCountDto = components['schemas']['OidcClientWithAllowedGroupsCountDto'];
export type OidcClientWithAllowedUserGroupsDto = components['schemas']['OidcClientWithAllowedUserGroupsDto'];
export type OidcUpdateAllowedUserGroupsDto = components['schemas']['OidcUpdateAllowedUserGroupsDto'];
export type OwnDataDto = components['schemas']['OwnDataDto'];
export type OwnSettingsDto = components['schemas']['OwnSettingsDto'];
export type OwnSettingsUpdateDto = components['schemas']['OwnSettingsUpdateDto'];
export type Pagination = components['schemas']['Pagination'];
export type PasskeyComplianceDto = components['schemas']['PasskeyComplianceDto'];
export type PasskeyRemovalDto = components['schemas']['PasskeyRemovalDto'];
export type PublicKeyCredentialCreationOptionsJson = components['schemas']['PublicKeyCredentialCreationOptionsJSON'];
export type PublicKeyCredentialRequestOptionsJson = components['schemas']['PublicKeyCredentialRequestOptionsJSON'];
export type RegistrationResponseJson = components['schemas']['RegistrationResponseJSON'];
export type ScimCountsDto = components['schemas']['ScimCountsDto'];
export type ScimReportDto = components['schemas']['ScimReportDto'];
export type ScimServiceProviderCreateDto = components['schemas']['ScimServiceProviderCreateDTO'];
export type ScimServiceProviderDto = components['schemas']['ScimServiceProviderDTO'];
export type SearchDto = components['schemas']['SearchDto'];
export type SearchResultDto = components['schemas']['SearchResultDto'];
export type SessionDto = components['schemas']['SessionDto'];
export type SettingVariable = components['schemas']['SettingVariable'];
export type SettingVariableOfAdministrators = components['schemas']['SettingVariableOfAdministrators'];
export type SetUpDto = components['schemas']['SetUpDto'];
export type SigningKeyDto = components['schemas']['SigningKeyDto'];
export type SignUpDto = components['schemas']['SignUpDto'];
export type SignupTokenCreateDto = components['schemas']['SignupTokenCreateDto'];
export type SignupTokenDto = components['schemas']['SignupTokenDto'];
export type UserCreateDto = components['schemas']['UserCreateDto'];
export type UserDto = components['schemas']['UserDto'];
export type UserGroupCreateDto = components['schemas']['UserGroupCreateDto'];
export type UserGroupDto = components['schemas']['UserGroupDto'];
export type UserGroupMinimalDto = components['schemas']['UserGroupMinimalDto'];
export type UserGroupUpdateAllowedOidcClientsDto = components['schemas']['UserGroupUpdateAllowedOidcClientsDto'];
export type WaitingUserDto = components['schemas']['WaitingUserDto'];
export type WebauthnCredentialDto = components['schemas']['WebauthnCredentialDto'];
export type ResponseChanged = components['responses']['Changed'];
export type ResponseForbidden = components['responses']['Forbidden'];
export type ResponseInvalidInput = components['responses']['InvalidInput'];
export type ResponseNotFound = components['responses']['NotFound'];
export type ResponseNotSignedIn = components['responses']['NotSignedIn'];
export type ResponseRefused = components['responses']['Refused'];
export type ResponseTooMany = components['responses']['TooMany'];
export type $defs = Record<string, never>;
export interface operations {
    getApiAccessOfClient: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description An id that is an address is written as `~` and its base64url. */
                clientId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was asked for. */
            200: {
                headers: AnyHeaders;
                content: {
                    "application/json": components["schemas"]["ApiAccessDto"];
                };
            };
            401: components["responses"]["NotSignedIn"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            default: components["responses"]["Refused"];
        };
    };
    setApiAccessOfClient: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` of what was read. Where it has changed since, the answer is 412; without it the last write wins. */
                "If-Match"?: string;
            };
            path: {
                /** @description An id that is an address is written as `~` and its base64url. */
                clientId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ApiAccessUpdateDto"];
            };
        };
        responses: {
            /** @description What was asked for. */
            200: {
                headers: AnyHeaders;
                content: {
                    "application/json": components["schemas"]["ApiAccessDto"];
                };
            };
            400: components["responses"]["InvalidInput"];
            401: components["responses"]["NotSignedIn"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            412: components["responses"]["Changed"];
            default: components["responses"]["Refused"];
        };
    };
    listApisOfClient: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description An id that is an address is written as `~` and its base64url. */
                clientId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was asked for. */
            200: {
                headers: AnyHeaders;
                content: {
                    "application/json": components["schemas"]["ClientApiGrantDto"][];
                };
            };
            401: components["responses"]["NotSignedIn"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            default: components["responses"]["Refused"];
        };
    };
    listAssignableApisOfClient: {
        parameters: {
            query?: {
                /** @description Also understood as `page` and `limit` (or `per_page`) without brackets. A page beyond the last one is the last one. */
                pagination?: {
                    /** @default 20 */
                    limit?: number;
                    /** @default 1 */
                    page?: number;
                };
                /** @description A part of a name. */
                search?: string;
                sort?: {
                    /** @enum {string} */
                    column?: "name" | "resource" | "audience" | "createdAt";
                    /**
                     * @default asc
                     * @enum {string}
                     */
                    direction?: "asc" | "desc";
                };
            };
            header?: never;
            path: {
                /** @description An id that is an address is written as `~` and its base64url. */
                clientId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was asked for. */
            200: {
                headers: AnyHeaders;
                content: {
                    "application/json": {
                        data: components["schemas"]["ApiResponseDto"][];
                        pagination: components["schemas"]["Pagination"];
                    };
                };
            };
            401: components["responses"]["NotSignedIn"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            default: components["responses"]["Refused"];
        };
    };
    listApiKeys: {
        parameters: {
            query?: {
                /** @description Also understood as `page` and `limit` (or `per_page`) without brackets. A page beyond the last one is the last one. */
                pagination?: {
                    /** @default 20 */
                    limit?: number;
                    /** @default 1 */
                    page?: number;
                };
                sort?: {
                    /** @enum {string} */
                    column?: "createdAt" | "name" | "expiresAt" | "lastUsedAt";
                    /**
                     * @default asc
                     * @enum {string}
                     */
                    direction?: "asc" | "desc";
                };
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was asked for. */
            200: {
                headers: AnyHeaders;
                content: {
                    "application/json": {
                        data: components["schemas"]["ApiKeyDto"][];
                        pagination: components["schemas"]["Pagination"];
                    };
                };
            };
            401: components["responses"]["NotSignedIn"];
            403: components["responses"]["Forbidden"];
            default: components["responses"]["Refused"];
        };
    };
    createApiKey: {
        parameters: NoParameters;
        requestBody: {
            content: {
                "application/json": components["schemas"]["ApiKeyCreateDto"];
            };
        };
        responses: {
            /** @description What was asked for. */
            201: {
                headers: AnyHeaders;
                content: {
                    "application/json": components["schemas"]["ApiKeyResponseDto"];
                };
            };
            400: components["responses"]["InvalidInput"];
            401: components["responses"]["NotSignedIn"];
            403: components["responses"]["Forbidden"];
            default: components["responses"]["Refused"];
        };
    };
    deleteApiKey: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: WithoutBody;
            401: components["responses"]["NotSignedIn"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            default: components["responses"]["Refused"];
        };
    };
    renewApiKey: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ApiKeyRenewDto"];
            };
        };
        responses: {
            /** @description What was asked for. */
            200: {
                headers: AnyHeaders;
                content: {
                    "application/json": components["schemas"]["ApiKeyResponseDto"];
                };
            };
            400: components["responses"]["InvalidInput"];
            401: components["responses"]["NotSignedIn"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            default: components["responses"]["Refused"];
        };
    };
    listApis: {
        parameters: {
            query?: {
                /** @description Also understood as `page` and `limit` (or `per_page`) without brackets. A page beyond the last one is the last one. */
                pagination?: {
                    /** @default 20 */
                    limit?: number;
                    /** @default 1 */
                    page?: number;
                };
                /** @description A part of a name. */
                search?: string;
                sort?: {
                    /** @enum {string} */
                    column?: "name" | "resource" | "audience" | "createdAt";
                    /**
                     * @default asc
                     * @enum {string}
                     */
                    direction?: "asc" | "desc";
                };
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was asked for. */
            200: {
                headers: AnyHeaders;
                content: {
                    "application/json": {
                        data: components["schemas"]["ApiResponseDto"][];
                        pagination: components["schemas"]["Pagination"];
                    };
                };
            };
            401: components["responses"]["NotSignedIn"];
            403: components["responses"]["Forbidden"];
            default: components["responses"]["Refused"];
        };
    };
    createApi: {
        parameters: NoParameters;
        requestBody: {
            content: {
                "application/json": components["schemas"]["ApiCreateDto"];
            };
        };
        responses: {
            /** @description What was asked for. */
            201: {
                headers: AnyHeaders;
                content: {
                    "application/json": components["schemas"]["ApiResponseDto"];
                };
            };
            400: components["responses"]["InvalidInput"];
            401: components["responses"]["NotSignedIn"];
            403: components["responses"]["Forbidden"];
            default: components["responses"]["Refused"];
        };
    };
    getApi: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was asked for. */
            200: {
                headers: AnyHeaders;
                content: {
                    "application/json": components["schemas"]["ApiResponseDto"];
                };
            };
            401: components["responses"]["NotSignedIn"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            default: components["responses"]["Refused"];
        };
    };
    updateApi: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` of what was read. Where it has changed since, the answer is 412; without it the last write wins. */
                "If-Match"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ApiUpdateDto"];
            };
        };
        responses: {
            /** @description What was asked for. */
            200: {
                headers: AnyHeaders;
                content: {
                    "application/json": components["schemas"]["ApiResponseDto"];
                };
            };
            400: components["responses"]["InvalidInput"];
            401: components["responses"]["NotSignedIn"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            412: components["responses"]["Changed"];
            default: components["responses"]["Refused"];
        };
    };
    deleteApi: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` of what was read. Where it has changed since, the answer is 412; without it the last write wins. */
                "If-Match"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: WithoutBody;
            401: components["responses"]["NotSignedIn"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            412: components["responses"]["Changed"];
            default: components["responses"]["Refused"];
        };
    };
    listAssignableClientsOfApi: {
        parameters: {
            query?: {
                /** @description Also understood as `page` and `limit` (or `per_page`) without brackets. A page beyond the last one is the last one. */
                pagination?: {
                    /** @default 20 */
                    limit?: number;
                    /** @default 1 */
                    page?: number;
                };
                /** @description A part of a name. */
                search?: string;
                sort?: {
                    /** @enum {string} */
                    column?: "name" | "createdAt";
                    /**
                     * @default asc
                     * @enum {string}
                     */
                    direction?: "asc" | "desc";
                };
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was asked for. */
            200: {
                headers: AnyHeaders;
                content: {
                    "application/json": {
                        data: components["schemas"]["ApiClientDto"][];
                        pagination: components["schemas"]["Pagination"];
                    };
                };
            };
            401: components["responses"]["NotSignedIn"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            default: components["responses"]["Refused"];
        };
    };
    setCimdAccessOfApi: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` of what was read. Where it has changed since, the answer is 412; without it the last write wins. */
                "If-Match"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ApiCimdAccessUpdateDto"];
            };
        };
        responses: {
            /** @description What was asked for. */
            200: {
                headers: AnyHeaders;
                content: {
                    "application/json": components["schemas"]["ApiResponseDto"];
                };
            };
            400: components["responses"]["InvalidInput"];
            401: components["responses"]["NotSignedIn"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            412: components["responses"]["Changed"];
            default: components["responses"]["Refused"];
        };
    };
    listClientsOfApi: {
        parameters: {
            query?: {
                /** @description Also understood as `page` and `limit` (or `per_page`) without brackets. A page beyond the last one is the last one. */
                pagination?: {
                    /** @default 20 */
                    limit?: number;
                    /** @default 1 */
                    page?: number;
                };
                /** @description A part of a name. */
                search?: string;
                sort?: {
                    /** @enum {string} */
                    column?: "name" | "createdAt";
                    /**
                     * @default asc
                     * @enum {string}
                     */
                    direction?: "asc" | "desc";
                };
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was asked for. */
            200: {
                headers: AnyHeaders;
                content: {
                    "application/json": {
                        data: components["schemas"]["ApiClientAccessDto"][];
                        pagination: components["schemas"]["Pagination"];
                    };
                };
            };
            401: components["responses"]["NotSignedIn"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            default: components["responses"]["Refused"];
        };
    };
    getAccessOfClientToApi: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description An id that is an address is written as `~` and its base64url. */
                clientId: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was asked for. */
            200: {
                headers: AnyHeaders;
                content: {
                    "application/json": components["schemas"]["ApiClientGrantDto"];
                };
            };
            401: components["responses"]["NotSignedIn"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            default: components["responses"]["Refused"];
        };
    };
    setAccessOfClientToApi: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` of what was read. Where it has changed since, the answer is 412; without it the last write wins. */
                "If-Match"?: string;
            };
            path: {
                /** @description An id that is an address is written as `~` and its base64url. */
                clientId: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ApiClientGrantUpdateDto"];
            };
        };
        responses: {
            /** @description What was asked for. */
            200: {
                headers: AnyHeaders;
                content: {
                    "application/json": components["schemas"]["ApiClientGrantDto"];
                };
            };
            400: components["responses"]["InvalidInput"];
            401: components["responses"]["NotSignedIn"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            412: components["responses"]["Changed"];
            default: components["responses"]["Refused"];
        };
    };
    removeAccessOfClientToApi: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` of what was read. Where it has changed since, the answer is 412; without it the last write wins. */
                "If-Match"?: string;
            };
            path: {
                /** @description An id that is an address is written as `~` and its base64url. */
                clientId: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: WithoutBody;
            401: components["responses"]["NotSignedIn"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            412: components["responses"]["Changed"];
            default: components["responses"]["Refused"];
        };
    };
    setPermissionsOfApi: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` of what was read. Where it has changed since, the answer is 412; without it the last write wins. */
                "If-Match"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ApiPermissionsUpdateDto"];
            };
        };
        responses: {
            /** @description What was asked for. */
            200: {
                headers: AnyHeaders;
                content: {
                    "application/json": components["schemas"]["ApiResponseDto"];
                };
            };
            400: components["responses"]["InvalidInput"];
            401: components["responses"]["NotSignedIn"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            412: components["responses"]["Changed"];
            default: components["responses"]["Refused"];
        };
    };
    readPublicSettings: {
        parameters: NoParameters;
        requestBody?: never;
        responses: {
            /** @description What was asked for. */
            200: {
                headers: AnyHeaders;
                content: {
                    "application/json": components["schemas"]["SettingVariable"][];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    replaceSettings: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` of what was read. Where it has changed since, the answer is 412; without it the last write wins. */
                "If-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    accentColor?: string;
                    allowOwnAccountEdit?: string;
                    allowUserSignups?: string;
                    appName?: string;
                    cimdUrlAllowlist?: string;
                    disableAnimations?: string;
                    emailApiKeyExpirationEnabled?: string;
                    emailLoginNotificationEnabled?: string;
                    emailOneTimeAccessAsAdminEnabled?: string;
                    emailOneTimeAccessAsUnauthenticatedEnabled?: string;
                    emailsVerified?: string;
                    emailVerificationEnabled?: string;
                    homePageUrl?: string;
                    ldapAdminGroupName?: string;
                    ldapAttributeGroupMember?: string;
                    ldapAttributeGroupName?: string;
                    ldapAttributeGroupUniqueIdentifier?: string;
                    ldapAttributeUserDisplayName?: string;
                    ldapAttributeUserEmail?: string;
                    ldapAttributeUserFirstName?: string;
                    ldapAttributeUserLastName?: string;
                    ldapAttributeUserProfilePicture?: string;
                    ldapAttributeUserUniqueIdentifier?: string;
                    ldapAttributeUserUsername?: string;
                    ldapBase?: string;
                    ldapBindDn?: string;
                    ldapBindPassword?: string;
                    ldapEnabled?: string;
                    ldapSkipCertVerify?: string;
                    ldapSoftDeleteUsers?: string;
                    ldapUrl?: string;
                    ldapUserGroupSearchFilter?: string;
                    ldapUserSearchFilter?: string;
                    requireUserEmail?: string;
                    sessionDuration?: string;
                    signupDefaultCustomClaims?: string;
                    signupDefaultUserGroupIDs?: string;
                    smtpFrom?: string;
                    smtpHost?: string;
                    smtpPassword?: string;
                    smtpPort?: string;
                    smtpSkipCertVerify?: string;
                    smtpTls?: string;
                    smtpUser?: string;
                    webauthnAllowSyncedPasskeys?: string;
                    webauthnAuthenticatorAttachment?: string;
                    webauthnUserVerification?: string;
                };
            };
        };
        responses: {
            /** @description What was asked for. */
            200: {
                headers: AnyHeaders;
                content: {
                    "application/json": components["schemas"]["SettingVariableOfAdministrators"][];
                };
            };
            400: components["responses"]["InvalidInput"];
            401: components["responses"]["NotSignedIn"];
            403: components["responses"]["Forbidden"];
            412: components["responses"]["Changed"];
            default: components["responses"]["Refused"];
        };
    };
    readSettings: {
        parameters: NoParameters;
        requestBody?: never;
        responses: {
            /** @description What was asked for. */
            200: {
                headers: AnyHeaders;
                content: {
                    "application/json": components["schemas"]["SettingVariableOfAdministrators"][];
                };
            };
            401: components["responses"]["NotSignedIn"];
            403: components["responses"]["Forbidden"];
            default: components["responses"]["Refused"];
        };
    };
    readBackgroundByOlderPath: {
        parameters: {
            query?: {
                default?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was asked for. */
            200: {
                headers: AnyHeaders;
                content: {
                    "image/gif": unknown;
                    "image/jpeg": unknown;
                    "image/png": unknown;
                    "image/svg+xml": unknown;
                    "image/webp": unknown;
                    "image/x-icon": unknown;
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    replaceBackgroundByOlderPath: {
        parameters: NoParameters;
        requestBody: {
            content: {
                "multipart/form-data": {
                    /** Format: binary */
                    file: Blob;
                };
            };
        };
        responses: {
            /** @description Done. */
            204: WithoutBody;
            400: components["responses"]["InvalidInput"];
            401: components["responses"]["NotSignedIn"];
            403: components["responses"]["Forbidden"];
            default: components["responses"]["Refused"];
        };
    };
    readFaviconByOlderPath: {
        parameters: {
            query?: {
                default?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was asked for. */
            200: {
                headers: AnyHeaders;
                content: {
                    "image/gif": unknown;
                    "image/jpeg": unknown;
                    "image/png": unknown;
                    "image/svg+xml": unknown;
                    "image/webp": unknown;
                    "image/x-icon": unknown;
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    replaceFaviconByOlderPath: {
        parameters: NoParameters;
        requestBody: {
            content: {
                "multipart/form-data": {
                    /** Format: binary */
                    file: Blob;
                };
            };
        };
        responses: {
            /** @description Done. */
            204: WithoutBody;
            400: components["responses"]["InvalidInput"];
            401: components["responses"]["NotSignedIn"];
            403: components["responses"]["Forbidden"];
            default: components["responses"]["Refused"];
        };
    };
    readLogoByOlderPath: {
        parameters: {
            query?: {
                default?: boolean;
                light?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was asked for. */
            200: {
                headers: AnyHeaders;
                content: {
                    "image/gif": unknown;
                    "image/jpeg": unknown;
                    "image/png": unknown;
                    "image/svg+xml": unknown;
                    "image/webp": unknown;
                    "image/x-icon": unknown;
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    replaceLogoByOlderPath: {
        parameters: {
            query?: {
                light?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "multipart/form-data": {
                    /** Format: binary */
                    file: Blob;
                };
            };
        };
        responses: {
            /** @description Done. */
            204: WithoutBody;
            400: components["responses"]["InvalidInput"];
            401: components["responses"]["NotSignedIn"];
            403: components["responses"]["Forbidden"];
            default: components["responses"]["Refused"];
        };
    };
    syncLdap: {
        parameters: NoParameters;
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: WithoutBody;
            401: components["responses"]["NotSignedIn"];
            403: components["responses"]["Forbidden"];
            default: components["responses"]["Refused"];
        };
    };
    sendTestEmail: {
        parameters: NoParameters;
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: WithoutBody;
            401: components["responses"]["NotSignedIn"];
            403: components["responses"]["Forbidden"];
            default: components["responses"]["Refused"];
        };
    };
    readBackground: {
        parameters: {
            query?: {
                default?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was asked for. */
            200: {
                headers: AnyHeaders;
                content: {
                    "image/gif": unknown;
                    "image/jpeg": unknown;
                    "image/png": unknown;
                    "image/svg+xml": unknown;
                    "image/webp": unknown;
                    "image/x-icon": unknown;
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    replaceBackground: {
        parameters: NoParameters;
        requestBody: {
            content: {
                "multipart/form-data": {
                    /** Format: binary */
                    file: Blob;
                };
            };
        };
        responses: {
            /** @description Done. */
            204: WithoutBody;
            400: components["responses"]["InvalidInput"];
            401: components["responses"]["NotSignedIn"];
            403: components["responses"]["Forbidden"];
            default: components["responses"]["Refused"];
        };
    };
    deleteBackground: {
        parameters: NoParameters;
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: WithoutBody;
            401: components["responses"]["NotSignedIn"];
            403: components["responses"]["Forbidden"];
            default: components["responses"]["Refused"];
        };
    };
    readDefaultProfilePicture: {
        parameters: {
            query?: {
                default?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was asked for. */
            200: {
                headers: AnyHeaders;
                content: {
                    "image/gif": unknown;
                    "image/jpeg": unknown;
                    "image/png": unknown;
                    "image/svg+xml": unknown;
                    "image/webp": unknown;
                    "image/x-icon": unknown;
                };
            };
            401: components["responses"]["NotSignedIn"];
            403: components["responses"]["Forbidden"];
            default: components["responses"]["Refused"];
        };
    };
    replaceDefaultProfilePicture: {
        parameters: NoParameters;
        requestBody: {
            content: {
                "multipart/form-data": {
                    /** Format: binary */
                    file: Blob;
                };
            };
        };
        responses: {
            /** @description Done. */
            204: WithoutBody;
            400: components["responses"]["InvalidInput"];
            401: components["responses"]["NotSignedIn"];
            403: components["responses"]["Forbidden"];
            default: components["responses"]["Refused"];
        };
    };
    deleteDefaultProfilePicture: {
        parameters: NoParameters;
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: WithoutBody;
            401: components["responses"]["NotSignedIn"];
            403: components["responses"]["Forbidden"];
            default: components["responses"]["Refused"];
        };
    };
    readEmailLogo: {
        parameters: {
            query?: {
                default?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was asked for. */
            200: {
                headers: AnyHeaders;
                content: {
                    "image/gif": unknown;
                    "image/jpeg": unknown;
                    "image/png": unknown;
                    "image/svg+xml": unknown;
                    "image/webp": unknown;
                    "image/x-icon": unknown;
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    replaceEmailLogo: {
        parameters: NoParameters;
        requestBody: {
            content: {
                "multipart/form-data": {
                    /** Format: binary */
                    file: Blob;
                };
            };
        };
        responses: {
            /** @description Done. */
            204: WithoutBody;
            400: components["responses"]["InvalidInput"];
            401: components["responses"]["NotSignedIn"];
            403: components["responses"]["Forbidden"];
            default: components["responses"]["Refused"];
        };
    };
    readFavicon: {
        parameters: {
            query?: {
                default?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was asked for. */
            200: {
                headers: AnyHeaders;
                content: {
                    "image/gif": unknown;
                    "image/jpeg": unknown;
                    "image/png": unknown;
                    "image/svg+xml": unknown;
                    "image/webp": unknown;
                    "image/x-icon": unknown;
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    replaceFavicon: {
        parameters: NoParameters;
        requestBody: {
            content: {
                "multipart/form-data": {
                    /** Format: binary */
                    file: Blob;
                };
            };
        };
        responses: {
            /** @description Done. */
            204: WithoutBody;
            400: components["responses"]["InvalidInput"];
            401: components["responses"]["NotSignedIn"];
            403: components["responses"]["Forbidden"];
            default: components["responses"]["Refused"];
        };
    };
    readLogo: {
        parameters: {
            query?: {
                default?: boolean;
                light?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was asked for. */
            200: {
                headers: AnyHeaders;
                content: {
                    "image/gif": unknown;
                    "image/jpeg": unknown;
                    "image/png": unknown;
                    "image/svg+xml": unknown;
                    "image/webp": unknown;
                    "image/x-icon": unknown;
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    replaceLogo: {
        parameters: {
            query?: {
                light?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "multipart/form-data": {
                    /** Format: binary */
                    file: Blob;
                };
            };
        };
        responses: {
            /** @description Done. */
            204: WithoutBody;
            400: components["responses"]["InvalidInput"];
            401: components["responses"]["NotSignedIn"];
            403: components["responses"]["Forbidden"];
            default: components["responses"]["Refused"];
        };
    };
    deleteLogo: {
        parameters: {
            query?: {
                light?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: WithoutBody;
            401: components["responses"]["NotSignedIn"];
            403: components["responses"]["Forbidden"];
            default: components["responses"]["Refused"];
        };
    };
    listOwnAuditLogs: {
        parameters: {
            query?: {
                /** @description One value each; several values, any of which may match, are written as `filters[name][0]`, `filters[name][1]`. */
                filters?: {
                    event?: string | number | boolean;
                    userID?: string | number | boolean;
                };
                from?: string;
                /** @description Also understood as `page` and `limit` (or `per_page`) without brackets. A page beyond the last one is the last one. */
                pagination?: {
                    /** @default 20 */
                    limit?: number;
                    /** @default 1 */
                    page?: number;
                };
                /** @description A part of a name. */
                search?: string;
                sort?: {
                    /** @enum {string} */
                    column?: "createdAt" | "event" | "ipAddress" | "country" | "city" | "userAgent";
                    /**
                     * @default asc
                     * @enum {string}
                     */
                    direction?: "asc" | "desc";
                };
                to?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was asked for. */
            200: {
                headers: AnyHeaders;
                content: {
                    "application/json": {
                        data: components["schemas"]["AuditLogDto"][];
                        pagination: components["schemas"]["Pagination"];
                    };
                };
            };
            401: components["responses"]["NotSignedIn"];
            403: components["responses"]["Forbidden"];
            default: components["responses"]["Refused"];
        };
    };
    listAllAuditLogs: {
        parameters: {
            query?: {
                /** @description One value each; several values, any of which may match, are written as `filters[name][0]`, `filters[name][1]`. */
                filters?: {
                    clientName?: string | number | boolean;
                    event?: string | number | boolean;
                    location?: string | number | boolean;
                    userID?: string | number | boolean;
                };
                from?: string;
                /** @description Also understood as `page` and `limit` (or `per_page`) without brackets. A page beyond the last one is the last one. */
                pagination?: {
                    /** @default 20 */
                    limit?: number;
                    /** @default 1 */
                    page?: number;
                };
                /** @description A part of a name. */
                search?: string;
                sort?: {
                    /** @enum {string} */
                    column?: "createdAt" | "event" | "ipAddress" | "country" | "city" | "userAgent";
                    /**
                     * @default asc
                     * @enum {string}
                     */
                    direction?: "asc" | "desc";
                };
                to?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was asked for. */
            200: {
                headers: AnyHeaders;
                content: {
                    "application/json": {
                        data: components["schemas"]["AuditLogDto"][];
                        pagination: components["schemas"]["Pagination"];
                    };
                };
            };
            401: components["responses"]["NotSignedIn"];
            403: components["responses"]["Forbidden"];
            default: components["responses"]["Refused"];
        };
    };
    exportAuditLog: {
        parameters: {
            query?: {
                /** @description One value each; several values, any of which may match, are written as `filters[name][0]`, `filters[name][1]`. */
                filters?: {
                    clientName?: string | number | boolean;
                    event?: string | number | boolean;
                    id?: string | number | boolean;
                    location?: string | number | boolean;
                    userID?: string | number | boolean;
                };
                format?: "csv" | "jsonl";
                from?: string;
                /** @description Also understood as `page` and `limit` (or `per_page`) without brackets. A page beyond the last one is the last one. */
                pagination?: {
                    /** @default 20 */
                    limit?: number;
                    /** @default 1 */
                    page?: number;
                };
                /** @description A part of a name. */
                search?: string;
                to?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was asked for. */
            200: {
                headers: AnyHeaders;
                content: {
                    "application/x-ndjson": unknown;
                    "text/csv": unknown;
                };
            };
            401: components["responses"]["NotSignedIn"];
            403: components["responses"]["Forbidden"];
            default: components["responses"]["Refused"];
        };
    };
    listAuditLogClientNames: {
        parameters: NoParameters;
        requestBody?: never;
        responses: {
            /** @description What was asked for. */
            200: {
                headers: AnyHeaders;
                content: {
                    "application/json": string[];
                };
            };
            401: components["responses"]["NotSignedIn"];
            403: components["responses"]["Forbidden"];
            default: components["responses"]["Refused"];
        };
    };
    listAuditLogUsers: {
        parameters: NoParameters;
        requestBody?: never;
        responses: {
            /** @description What was asked for. */
            200: {
                headers: AnyHeaders;
                content: {
                    "application/json": {
                        [key: string]: string;
                    };
                };
            };
            401: components["responses"]["NotSignedIn"];
            403: components["responses"]["Forbidden"];
            default: components["responses"]["Refused"];
        };
    };
    suggestClaims: {
        parameters: NoParameters;
        requestBody?: never;
        responses: {
            /** @description What was asked for. */
            200: {
                headers: AnyHeaders;
                content: {
                    "application/json": string[];
                };
            };
            401: components["responses"]["NotSignedIn"];
            403: components["responses"]["Forbidden"];
            default: components["responses"]["Refused"];
        };
    };
    replaceClaimsOfGroup: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` of what was read. Where it has changed since, the answer is 412; without it the last write wins. */
                "If-Match"?: string;
            };
            path: {
                userGroupId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    key: string;
                    value: string;
                }[];
            };
        };
        responses: {
            /** @description What was asked for. */
            200: {
                headers: AnyHeaders;
                content: {
                    "application/json": components["schemas"]["CustomClaimDto"][];
                };
            };
            400: components["responses"]["InvalidInput"];
            401: components["responses"]["NotSignedIn"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            412: components["responses"]["Changed"];
            default: components["responses"]["Refused"];
        };
    };
    replaceClaimsOfUser: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` of what was read. Where it has changed since, the answer is 412; without it the last write wins. */
                "If-Match"?: string;
            };
            path: {
                userId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    key: string;
                    value: string;
                }[];
            };
        };
        responses: {
            /** @description What was asked for. */
            200: {
                headers: AnyHeaders;
                content: {
                    "application/json": components["schemas"]["CustomClaimDto"][];
                };
            };
            400: components["responses"]["InvalidInput"];
            401: components["responses"]["NotSignedIn"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            412: components["responses"]["Changed"];
            default: components["responses"]["Refused"];
        };
    };
    requestDeviceLogin: {
        parameters: NoParameters;
        requestBody?: never;
        responses: {
            /** @description What was asked for. */
            201: {
                headers: AnyHeaders;
                content: {
                    "application/json": components["schemas"]["DeviceLoginRequestDto"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    exchangeDeviceLogin: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was asked for. */
            200: {
                headers: AnyHeaders;
                content: {
                    "application/json": components["schemas"]["UserDto"];
                };
            };
            /** @description Not yet. */
            202: WithoutBody;
            404: components["responses"]["NotFound"];
            default: components["responses"]["Refused"];
        };
    };
    readDeviceLogin: {
        parameters: NoParameters;
        requestBody: {
            content: {
                "application/json": {
                    /** @description What the waiting device shows. */
                    code: string;
                };
            };
        };
        responses: {
            /** @description What was asked for. */
            200: {
                headers: AnyHeaders;
                content: {
                    "application/json": components["schemas"]["DeviceLoginVerificationDto"];
                };
            };
            400: components["responses"]["InvalidInput"];
            401: components["responses"]["NotSignedIn"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["TooMany"];
            default: components["responses"]["Refused"];
        };
    };
    decideDeviceLogin: {
        parameters: NoParameters;
        requestBody: {
            content: {
                "application/json": {
                    /** @description What the waiting device shows. */
                    code: string;
                    /** @enum {string} */
                    decision: "approve" | "deny";
                };
            };
        };
        responses: {
            /** @description Done. */
            204: WithoutBody;
            400: components["responses"]["InvalidInput"];
            401: components["responses"]["NotSignedIn"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["TooMany"];
            default: components["responses"]["Refused"];
        };
    };
    listEmails: {
        parameters: {
            query?: {
                /** @description One value each; several values, any of which may match, are written as `filters[name][0]`, `filters[name][1]`. */
                filters?: {
                    kind?: string | number | boolean;
                    recipient?: string | number | boolean;
                    state?: string | number | boolean;
                };
                /** @description Also understood as `page` and `limit` (or `per_page`) without brackets. A page beyond the last one is the last one. */
                pagination?: {
                    /** @default 20 */
                    limit?: number;
                    /** @default 1 */
                    page?: number;
                };
                /** @description A part of a name. */
                search?: string;
                sort?: {
                    /** @enum {string} */
                    column?: "createdAt" | "sentAt" | "recipient" | "kind" | "attempts";
                    /**
                     * @default asc
                     * @enum {string}
                     */
                    direction?: "asc" | "desc";
                };
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was asked for. */
            200: {
                headers: AnyHeaders;
                content: {
                    "application/json": {
                        data: components["schemas"]["EmailDto"][];
                        pagination: components["schemas"]["Pagination"];
                    };
                };
            };
            401: components["responses"]["NotSignedIn"];
            403: components["responses"]["Forbidden"];
            default: components["responses"]["Refused"];
        };
    };
    retryEmail: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: WithoutBody;
            401: components["responses"]["NotSignedIn"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            default: components["responses"]["Refused"];
        };
    };
    listJobs: {
        parameters: NoParameters;
        requestBody?: never;
        responses: {
            /** @description What was asked for. */
            200: {
                headers: AnyHeaders;
                content: {
                    "application/json": components["schemas"]["JobDto"][];
                };
            };
            401: components["responses"]["NotSignedIn"];
            403: components["responses"]["Forbidden"];
            default: components["responses"]["Refused"];
        };
    };
    runJob: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            202: WithoutBody;
            401: components["responses"]["NotSignedIn"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            default: components["responses"]["Refused"];
        };
    };
    dryRunLdap: {
        parameters: NoParameters;
        requestBody?: never;
        responses: {
            /** @description What was asked for. */
            200: {
                headers: AnyHeaders;
                content: {
                    "application/json": components["schemas"]["LdapRunDto"];
                };
            };
            401: components["responses"]["NotSignedIn"];
            403: components["responses"]["Forbidden"];
            default: components["responses"]["Refused"];
        };
    };
    listLdapRuns: {
        parameters: NoParameters;
        requestBody?: never;
        responses: {
            /** @description What was asked for. */
            200: {
                headers: AnyHeaders;
                content: {
                    "application/json": components["schemas"]["LdapRunDto"][];
                };
            };
            401: components["responses"]["NotSignedIn"];
            403: components["responses"]["Forbidden"];
            default: components["responses"]["Refused"];
        };
    };
    runLdap: {
        parameters: NoParameters;
        requestBody: {
            content: {
                "application/json": {
                    /** @description The `losses.digest` of the run that waits. */
                    confirm?: string;
                };
            };
        };
        responses: {
            /** @description What was asked for. */
            200: {
                headers: AnyHeaders;
                content: {
                    "application/json": components["schemas"]["LdapRunDto"];
                };
            };
            400: components["responses"]["InvalidInput"];
            401: components["responses"]["NotSignedIn"];
            403: components["responses"]["Forbidden"];
            default: components["responses"]["Refused"];
        };
    };
    testLdap: {
        parameters: NoParameters;
        requestBody?: never;
        responses: {
            /** @description What was asked for. */
            200: {
                headers: AnyHeaders;
                content: {
                    "application/json": {
                        /** @description Why it got no further. */
                        code: string | null;
                        details: {
                            [key: string]: string;
                        };
                        /** @description Whether nobody in between can read what is said. */
                        isPrivate: boolean;
                        steps: {
                            /** @enum {string} */
                            outcome: "done" | "failed" | "open";
                            step: string;
                        }[];
                    };
                };
            };
            401: components["responses"]["NotSignedIn"];
            403: components["responses"]["Forbidden"];
            default: components["responses"]["Refused"];
        };
    };
    listOidcClients: {
        parameters: {
            query?: {
                /** @description One value each; several values, any of which may match, are written as `filters[name][0]`, `filters[name][1]`. */
                filters?: {
                    clientType?: string | number | boolean;
                    isGroupRestricted?: string | number | boolean;
                    pkceEnabled?: string | number | boolean;
                    pkceSupported?: string | number | boolean;
                    requiresPushedAuthorizationRequests?: string | number | boolean;
                    requiresReauthentication?: string | number | boolean;
                    skipConsent?: string | number | boolean;
                };
                /** @description Also understood as `page` and `limit` (or `per_page`) without brackets. A page beyond the last one is the last one. */
                pagination?: {
                    /** @default 20 */
                    limit?: number;
                    /** @default 1 */
                    page?: number;
                };
                /** @description A part of a name. */
                search?: string;
                sort?: {
                    /** @enum {string} */
                    column?: "createdAt" | "name" | "pkceEnabled" | "requiresReauthentication" | "requiresPushedAuthorizationRequests" | "skipConsent" | "isGroupRestricted" | "pkceSupported" | "clientType" | "allowedUserGroupsCount";
                    /**
                     * @default asc
                     * @enum {string}
                     */
                    direction?: "asc" | "desc";
                };
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was asked for. */
            200: {
                headers: AnyHeaders;
                content: {
                    "application/json": {
                        data: components["schemas"]["OidcClientWithAllowedGroupsCountDto"][];
                        pagination: components["schemas"]["Pagination"];
                    };
                };
            };
            401: components["responses"]["NotSignedIn"];
            403: components["responses"]["Forbidden"];
            default: components["responses"]["Refused"];
        };
    };
    createOidcClient: {
        parameters: NoParameters;
        requestBody: {
            content: {
                "application/json": components["schemas"]["OidcClientCreateDto"];
            };
        };
        responses: {
            /** @description What was asked for. */
            201: {
                headers: AnyHeaders;
                content: {
                    "application/json": components["schemas"]["OidcClientWithAllowedUserGroupsDto"];
                };
            };
            400: components["responses"]["InvalidInput"];
            401: components["responses"]["NotSignedIn"];
            403: components["responses"]["Forbidden"];
            default: components["responses"]["Refused"];
        };
    };
    getOidcClient: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description An id that is an address is written as `~` and its base64url. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was asked for. */
            200: {
                headers: AnyHeaders;
                content: {
                    "application/json": components["schemas"]["OidcClientWithAllowedUserGroupsDto"];
                };
            };
            401: components["responses"]["NotSignedIn"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            default: components["responses"]["Refused"];
        };
    };
    updateOidcClient: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` of what was read. Where it has changed since, the answer is 412; without it the last write wins. */
                "If-Match"?: string;
            };
            path: {
                /** @description An id that is an address is written as `~` and its base64url. */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["OidcClientUpdateDto"];
            };
        };
        responses: {
            /** @description What was asked for. */
            200: {
                headers: AnyHeaders;
                content: {
                    "application/json": components["schemas"]["OidcClientWithAllowedUserGroupsDto"];
                };
            };
            400: components["responses"]["InvalidInput"];
            401: components["responses"]["NotSignedIn"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            412: components["responses"]["Changed"];
            default: components["responses"]["Refused"];
        };
    };
    deleteOidcClient: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` of what was read. Where it has changed since, the answer is 412; without it the last write wins. */
                "If-Match"?: string;
            };
            path: {
                /** @description An id that is an address is written as `~` and its base64url. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: WithoutBody;
            401: components["responses"]["NotSignedIn"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            412: components["responses"]["Changed"];
            default: components["responses"]["Refused"];
        };
    };
    setAllowedUserGroupsOfOidcClient: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` of what was read. Where it has changed since, the answer is 412; without it the last write wins. */
                "If-Match"?: string;
            };
            path: {
                /** @description An id that is an address is written as `~` and its base64url. */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["OidcUpdateAllowedUserGroupsDto"];
            };
        };
        responses: {
            /** @description What was asked for. */
            200: {
                headers: AnyHeaders;
                content: {
                    "application/json": components["schemas"]["OidcClientDto"];
                };
            };
            400: components["responses"]["InvalidInput"];
            401: components["responses"]["NotSignedIn"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            412: components["responses"]["Changed"];
            default: components["responses"]["Refused"];
        };
    };
    listOidcClientConnectionAttempts: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description An id that is an address is written as `~` and its base64url. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was asked for. */
            200: {
                headers: AnyHeaders;
                content: {
                    "application/json": components["schemas"]["ConnectionAttemptDto"][];
                };
            };
            401: components["responses"]["NotSignedIn"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            default: components["responses"]["Refused"];
        };
    };
    readOidcClientLogo: {
        parameters: {
            query?: {
                light?: boolean;
            };
            header?: never;
            path: {
                /** @description An id that is an address is written as `~` and its base64url. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was asked for. */
            200: {
                headers: AnyHeaders;
                content: {
                    "image/gif": unknown;
                    "image/jpeg": unknown;
                    "image/png": unknown;
                    "image/svg+xml": unknown;
                    "image/webp": unknown;
                    "image/x-icon": unknown;
                };
            };
            404: components["responses"]["NotFound"];
            default: components["responses"]["Refused"];
        };
    };
    replaceOidcClientLogo: {
        parameters: {
            query?: {
                light?: boolean;
            };
            header?: never;
            path: {
                /** @description An id that is an address is written as `~` and its base64url. */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "multipart/form-data": {
                    /** Format: binary */
                    file: Blob;
                };
            };
        };
        responses: {
            /** @description Done. */
            204: WithoutBody;
            400: components["responses"]["InvalidInput"];
            401: components["responses"]["NotSignedIn"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            default: components["responses"]["Refused"];
        };
    };
    deleteOidcClientLogo: {
        parameters: {
            query?: {
                light?: boolean;
            };
            header?: never;
            path: {
                /** @description An id that is an address is written as `~` and its base64url. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: WithoutBody;
            401: components["responses"]["NotSignedIn"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            default: components["responses"]["Refused"];
        };
    };
    getOidcClientMetaData: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description An id that is an address is written as `~` and its base64url. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was asked for. */
            200: {
                headers: AnyHeaders;
                content: {
                    "application/json": components["schemas"]["OidcClientMetaDataDto"];
                };
            };
            404: components["responses"]["NotFound"];
            default: components["responses"]["Refused"];
        };
    };
    previewOidcClient: {
        parameters: {
            query?: {
                scopes?: string;
            };
            header?: never;
            path: {
                /** @description An id that is an address is written as `~` and its base64url. */
                id: string;
                userId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was asked for. */
            200: {
                headers: AnyHeaders;
                content: {
                    "application/json": components["schemas"]["OidcClientPreviewDto"];
                };
            };
            401: components["responses"]["NotSignedIn"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            default: components["responses"]["Refused"];
        };
    };
    refreshOidcClient: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description An id that is an address is written as `~` and its base64url. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was asked for. */
            200: {
                headers: AnyHeaders;
                content: {
                    "application/json": components["schemas"]["OidcClientWithAllowedUserGroupsDto"];
                };
            };
            401: components["responses"]["NotSignedIn"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            default: components["responses"]["Refused"];
        };
    };
    getScimServiceProviderOfOidcClient: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description An id that is an address is written as `~` and its base64url. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was asked for. */
            200: {
                headers: AnyHeaders;
                content: {
                    "application/json": components["schemas"]["ScimServiceProviderDTO"];
                };
            };
            401: components["responses"]["NotSignedIn"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            default: components["responses"]["Refused"];
        };
    };
    replaceOidcClientSecrets: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description An id that is an address is written as `~` and its base64url. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was asked for. */
            200: {
                headers: AnyHeaders;
                content: {
                    "application/json": {
                        secret: string;
                    };
                };
            };
            401: components["responses"]["NotSignedIn"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            default: components["responses"]["Refused"];
        };
    };
    listOidcClientSecrets: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description An id that is an address is written as `~` and its base64url. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was asked for. */
            200: {
                headers: AnyHeaders;
                content: {
                    "application/json": components["schemas"]["OidcClientSecretListItemDto"][];
                };
            };
            401: components["responses"]["NotSignedIn"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            default: components["responses"]["Refused"];
        };
    };
    createOidcClientSecret: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description An id that is an address is written as `~` and its base64url. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was asked for. */
            201: {
                headers: AnyHeaders;
                content: {
                    "application/json": components["schemas"]["OidcClientSecretCreatedDto"];
                };
            };
            401: components["responses"]["NotSignedIn"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            default: components["responses"]["Refused"];
        };
    };
    deleteOidcClientSecret: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description An id that is an address is written as `~` and its base64url. */
                id: string;
                secretId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: WithoutBody;
            401: components["responses"]["NotSignedIn"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            default: components["responses"]["Refused"];
        };
    };
    getDeviceCodeInfo: {
        parameters: {
            query?: {
                code?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was asked for. */
            200: {
                headers: AnyHeaders;
                content: {
                    "application/json": components["schemas"]["DeviceCodeInfoDto"];
                };
            };
            401: components["responses"]["NotSignedIn"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["TooMany"];
            default: components["responses"]["Refused"];
        };
    };
    verifyDeviceCode: {
        parameters: {
            query?: {
                code?: string;
                decision?: "approve" | "deny";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: WithoutBody;
            401: components["responses"]["NotSignedIn"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["TooMany"];
            default: components["responses"]["Refused"];
        };
    };
    listInitialAccessTokens: {
        parameters: NoParameters;
        requestBody?: never;
        responses: {
            /** @description What was asked for. */
            200: {
                headers: AnyHeaders;
                content: {
                    "application/json": components["schemas"]["InitialAccessTokenDto"][];
                };
            };
            401: components["responses"]["NotSignedIn"];
            403: components["responses"]["Forbidden"];
            default: components["responses"]["Refused"];
        };
    };
    createInitialAccessToken: {
        parameters: NoParameters;
        requestBody: {
            content: {
                "application/json": components["schemas"]["InitialAccessTokenCreateDto"];
            };
        };
        responses: {
            /** @description What was asked for. */
            201: {
                headers: AnyHeaders;
                content: {
                    "application/json": components["schemas"]["InitialAccessTokenDto"];
                };
            };
            400: components["responses"]["InvalidInput"];
            401: components["responses"]["NotSignedIn"];
            403: components["responses"]["Forbidden"];
            default: components["responses"]["Refused"];
        };
    };
    deleteInitialAccessToken: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: WithoutBody;
            401: components["responses"]["NotSignedIn"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            default: components["responses"]["Refused"];
        };
    };
    listAuthorizedOidcClientsOfUser: {
        parameters: {
            query?: {
                /** @description One value each; several values, any of which may match, are written as `filters[name][0]`, `filters[name][1]`. */
                filters?: {
                    hasLaunchURL?: string | number | boolean;
                };
                /** @description Also understood as `page` and `limit` (or `per_page`) without brackets. A page beyond the last one is the last one. */
                pagination?: {
                    /** @default 20 */
                    limit?: number;
                    /** @default 1 */
                    page?: number;
                };
                sort?: {
                    /** @enum {string} */
                    column?: "lastUsedAt";
                    /**
                     * @default asc
                     * @enum {string}
                     */
                    direction?: "asc" | "desc";
                };
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was asked for. */
            200: {
                headers: AnyHeaders;
                content: {
                    "application/json": {
                        data: components["schemas"]["AuthorizedOidcClientDto"][];
                        pagination: components["schemas"]["Pagination"];
                    };
                };
            };
            401: components["responses"]["NotSignedIn"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            default: components["responses"]["Refused"];
        };
    };
    listMyAuthorizedOidcClients: {
        parameters: {
            query?: {
                /** @description One value each; several values, any of which may match, are written as `filters[name][0]`, `filters[name][1]`. */
                filters?: {
                    hasLaunchURL?: string | number | boolean;
                };
                /** @description Also understood as `page` and `limit` (or `per_page`) without brackets. A page beyond the last one is the last one. */
                pagination?: {
                    /** @default 20 */
                    limit?: number;
                    /** @default 1 */
                    page?: number;
                };
                sort?: {
                    /** @enum {string} */
                    column?: "lastUsedAt";
                    /**
                     * @default asc
                     * @enum {string}
                     */
                    direction?: "asc" | "desc";
                };
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was asked for. */
            200: {
                headers: AnyHeaders;
                content: {
                    "application/json": {
                        data: components["schemas"]["AuthorizedOidcClientDto"][];
                        pagination: components["schemas"]["Pagination"];
                    };
                };
            };
            401: components["responses"]["NotSignedIn"];
            403: components["responses"]["Forbidden"];
            default: components["responses"]["Refused"];
        };
    };
    withdrawMyConsent: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description An id that is an address is written as `~` and its base64url. */
                clientId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: WithoutBody;
            401: components["responses"]["NotSignedIn"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            default: components["responses"]["Refused"];
        };
    };
    listMyOidcClients: {
        parameters: {
            query?: {
                /** @description One value each; several values, any of which may match, are written as `filters[name][0]`, `filters[name][1]`. */
                filters?: {
                    clientType?: string | number | boolean;
                    hasLaunchURL?: string | number | boolean;
                    isGroupRestricted?: string | number | boolean;
                    pkceEnabled?: string | number | boolean;
                    pkceSupported?: string | number | boolean;
                    requiresPushedAuthorizationRequests?: string | number | boolean;
                    requiresReauthentication?: string | number | boolean;
                    skipConsent?: string | number | boolean;
                };
                /** @description Also understood as `page` and `limit` (or `per_page`) without brackets. A page beyond the last one is the last one. */
                pagination?: {
                    /** @default 20 */
                    limit?: number;
                    /** @default 1 */
                    page?: number;
                };
                sort?: {
                    /** @enum {string} */
                    column?: "createdAt" | "name" | "pkceEnabled" | "requiresReauthentication" | "requiresPushedAuthorizationRequests" | "skipConsent" | "isGroupRestricted" | "pkceSupported" | "clientType" | "allowedUserGroupsCount" | "lastUsedAt";
                    /**
                     * @default asc
                     * @enum {string}
                     */
                    direction?: "asc" | "desc";
                };
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was asked for. */
            200: {
                headers: AnyHeaders;
                content: {
                    "application/json": {
                        data: components["schemas"]["AccessibleOidcClientDto"][];
                        pagination: components["schemas"]["Pagination"];
                    };
                };
            };
            401: components["responses"]["NotSignedIn"];
            403: components["responses"]["Forbidden"];
            default: components["responses"]["Refused"];
        };
    };
    requestLoginCode: {
        parameters: NoParameters;
        requestBody: {
            content: {
                "application/json": {
                    /** Format: email */
                    email: string;
                    /** @description Where to go afterwards; begins with a slash. */
                    redirectPath?: string;
                };
            };
        };
        responses: {
            /** @description Done. */
            204: WithoutBody;
            400: components["responses"]["InvalidInput"];
            429: components["responses"]["TooMany"];
            default: components["responses"]["Refused"];
        };
    };
    useLoginCode: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                token: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was asked for. */
            200: {
                headers: AnyHeaders;
                content: {
                    "application/json": components["schemas"]["UserDto"];
                };
            };
            404: components["responses"]["NotFound"];
            default: components["responses"]["Refused"];
        };
    };
    openApiDocument: {
        parameters: NoParameters;
        requestBody?: never;
        responses: {
            /** @description What was asked for. */
            200: {
                headers: AnyHeaders;
                content: {
                    "application/json": Record<string, never>;
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    readPasskeyCompliance: {
        parameters: {
            query?: {
                allowedModels?: string;
                allowSynced?: "true" | "false";
                attachment?: "any" | "platform" | "cross-platform";
                attestation?: "none" | "required";
                deniedModels?: string;
                userVerification?: "required" | "preferred";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was asked for. */
            200: {
                headers: AnyHeaders;
                content: {
                    "application/json": components["schemas"]["PasskeyComplianceDto"];
                };
            };
            401: components["responses"]["NotSignedIn"];
            403: components["responses"]["Forbidden"];
            default: components["responses"]["Refused"];
        };
    };
    createScimServiceProvider: {
        parameters: NoParameters;
        requestBody: {
            content: {
                "application/json": components["schemas"]["ScimServiceProviderCreateDTO"];
            };
        };
        responses: {
            /** @description What was asked for. */
            201: {
                headers: AnyHeaders;
                content: {
                    "application/json": components["schemas"]["ScimServiceProviderDTO"];
                };
            };
            400: components["responses"]["InvalidInput"];
            401: components["responses"]["NotSignedIn"];
            403: components["responses"]["Forbidden"];
            default: components["responses"]["Refused"];
        };
    };
    updateScimServiceProvider: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` of what was read. Where it has changed since, the answer is 412; without it the last write wins. */
                "If-Match"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ScimServiceProviderCreateDTO"];
            };
        };
        responses: {
            /** @description What was asked for. */
            200: {
                headers: AnyHeaders;
                content: {
                    "application/json": components["schemas"]["ScimServiceProviderDTO"];
                };
            };
            400: components["responses"]["InvalidInput"];
            401: components["responses"]["NotSignedIn"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            412: components["responses"]["Changed"];
            default: components["responses"]["Refused"];
        };
    };
    deleteScimServiceProvider: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` of what was read. Where it has changed since, the answer is 412; without it the last write wins. */
                "If-Match"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: WithoutBody;
            401: components["responses"]["NotSignedIn"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            412: components["responses"]["Changed"];
            default: components["responses"]["Refused"];
        };
    };
    adoptScimObjects: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    id?: string;
                    /** @enum {string} */
                    kind?: "user" | "group";
                };
            };
        };
        responses: {
            /** @description What was asked for. */
            200: {
                headers: AnyHeaders;
                content: {
                    "application/json": {
                        adopted: number;
                    };
                };
            };
            400: components["responses"]["InvalidInput"];
            401: components["responses"]["NotSignedIn"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            default: components["responses"]["Refused"];
        };
    };
    syncScimServiceProvider: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: WithoutBody;
            401: components["responses"]["NotSignedIn"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            default: components["responses"]["Refused"];
        };
    };
    search: {
        parameters: {
            query?: {
                query?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was asked for. */
            200: {
                headers: AnyHeaders;
                content: {
                    "application/json": components["schemas"]["SearchDto"];
                };
            };
            401: components["responses"]["NotSignedIn"];
            403: components["responses"]["Forbidden"];
            default: components["responses"]["Refused"];
        };
    };
    listOwnSessions: {
        parameters: NoParameters;
        requestBody?: never;
        responses: {
            /** @description What was asked for. */
            200: {
                headers: AnyHeaders;
                content: {
                    "application/json": components["schemas"]["SessionDto"][];
                };
            };
            401: components["responses"]["NotSignedIn"];
            403: components["responses"]["Forbidden"];
            default: components["responses"]["Refused"];
        };
    };
    endOwnOtherSessions: {
        parameters: NoParameters;
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: WithoutBody;
            401: components["responses"]["NotSignedIn"];
            403: components["responses"]["Forbidden"];
            default: components["responses"]["Refused"];
        };
    };
    endOwnSession: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: WithoutBody;
            401: components["responses"]["NotSignedIn"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            default: components["responses"]["Refused"];
        };
    };
    readOwnSettings: {
        parameters: NoParameters;
        requestBody?: never;
        responses: {
            /** @description What was asked for. */
            200: {
                headers: AnyHeaders;
                content: {
                    "application/json": components["schemas"]["OwnSettingsDto"];
                };
            };
            401: components["responses"]["NotSignedIn"];
            403: components["responses"]["Forbidden"];
            default: components["responses"]["Refused"];
        };
    };
    changeOwnSettings: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` of what was read. Where it has changed since, the answer is 412; without it the last write wins. */
                "If-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["OwnSettingsUpdateDto"];
            };
        };
        responses: {
            /** @description What was asked for. */
            200: {
                headers: AnyHeaders;
                content: {
                    "application/json": components["schemas"]["OwnSettingsDto"];
                };
            };
            400: components["responses"]["InvalidInput"];
            401: components["responses"]["NotSignedIn"];
            403: components["responses"]["Forbidden"];
            412: components["responses"]["Changed"];
            default: components["responses"]["Refused"];
        };
    };
    listSigningKeys: {
        parameters: NoParameters;
        requestBody?: never;
        responses: {
            /** @description What was asked for. */
            200: {
                headers: AnyHeaders;
                content: {
                    "application/json": components["schemas"]["SigningKeyDto"][];
                };
            };
            401: components["responses"]["NotSignedIn"];
            403: components["responses"]["Forbidden"];
            default: components["responses"]["Refused"];
        };
    };
    rotateSigningKeys: {
        parameters: NoParameters;
        requestBody: {
            content: {
                "application/json": {
                    /**
                     * @description Whose key is replaced; by default those of all algorithms.
                     * @enum {string}
                     */
                    algorithm?: "RS256" | "PS256" | "ES256" | "EdDSA";
                    /** @description Whether the new key signs at once and the old ones are withdrawn: tokens that they signed are rejected. */
                    now?: boolean;
                };
            };
        };
        responses: {
            /** @description What was asked for. */
            200: {
                headers: AnyHeaders;
                content: {
                    "application/json": components["schemas"]["KeyReplacementDto"][];
                };
            };
            400: components["responses"]["InvalidInput"];
            401: components["responses"]["NotSignedIn"];
            403: components["responses"]["Forbidden"];
            default: components["responses"]["Refused"];
        };
    };
    signUp: {
        parameters: NoParameters;
        requestBody: {
            content: {
                "application/json": components["schemas"]["SignUpDto"];
            };
        };
        responses: {
            /** @description What was asked for. */
            201: {
                headers: AnyHeaders;
                content: {
                    "application/json": components["schemas"]["UserDto"];
                };
            };
            400: components["responses"]["InvalidInput"];
            429: components["responses"]["TooMany"];
            default: components["responses"]["Refused"];
        };
    };
    listSignupApprovals: {
        parameters: NoParameters;
        requestBody?: never;
        responses: {
            /** @description What was asked for. */
            200: {
                headers: AnyHeaders;
                content: {
                    "application/json": components["schemas"]["WaitingUserDto"][];
                };
            };
            401: components["responses"]["NotSignedIn"];
            403: components["responses"]["Forbidden"];
            default: components["responses"]["Refused"];
        };
    };
    rejectSignup: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: WithoutBody;
            401: components["responses"]["NotSignedIn"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            default: components["responses"]["Refused"];
        };
    };
    approveSignup: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description A sentence for whoever waits. It goes out by e-mail, where that is set up and they have an address. */
                    note?: string;
                };
            };
        };
        responses: {
            /** @description Done. */
            204: WithoutBody;
            400: components["responses"]["InvalidInput"];
            401: components["responses"]["NotSignedIn"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            default: components["responses"]["Refused"];
        };
    };
    refuseSignup: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description A sentence for whoever waits. It goes out by e-mail, where that is set up and they have an address. */
                    note?: string;
                };
            };
        };
        responses: {
            /** @description Done. */
            204: WithoutBody;
            400: components["responses"]["InvalidInput"];
            401: components["responses"]["NotSignedIn"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            default: components["responses"]["Refused"];
        };
    };
    listSignupTokens: {
        parameters: {
            query?: {
                /** @description Also understood as `page` and `limit` (or `per_page`) without brackets. A page beyond the last one is the last one. */
                pagination?: {
                    /** @default 20 */
                    limit?: number;
                    /** @default 1 */
                    page?: number;
                };
                sort?: {
                    /** @enum {string} */
                    column?: "createdAt" | "expiresAt" | "usageLimit" | "usageCount";
                    /**
                     * @default asc
                     * @enum {string}
                     */
                    direction?: "asc" | "desc";
                };
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was asked for. */
            200: {
                headers: AnyHeaders;
                content: {
                    "application/json": {
                        data: components["schemas"]["SignupTokenDto"][];
                        pagination: components["schemas"]["Pagination"];
                    };
                };
            };
            401: components["responses"]["NotSignedIn"];
            403: components["responses"]["Forbidden"];
            default: components["responses"]["Refused"];
        };
    };
    createSignupToken: {
        parameters: NoParameters;
        requestBody: {
            content: {
                "application/json": components["schemas"]["SignupTokenCreateDto"];
            };
        };
        responses: {
            /** @description What was asked for. */
            201: {
                headers: AnyHeaders;
                content: {
                    "application/json": components["schemas"]["SignupTokenDto"];
                };
            };
            400: components["responses"]["InvalidInput"];
            401: components["responses"]["NotSignedIn"];
            403: components["responses"]["Forbidden"];
            default: components["responses"]["Refused"];
        };
    };
    deleteSignupToken: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: WithoutBody;
            401: components["responses"]["NotSignedIn"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            default: components["responses"]["Refused"];
        };
    };
    readSetUp: {
        parameters: NoParameters;
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: WithoutBody;
            default: components["responses"]["Refused"];
        };
    };
    setUp: {
        parameters: NoParameters;
        requestBody: {
            content: {
                "application/json": components["schemas"]["SetUpDto"];
            };
        };
        responses: {
            /** @description What was asked for. */
            200: {
                headers: AnyHeaders;
                content: {
                    "application/json": components["schemas"]["UserDto"];
                };
            };
            400: components["responses"]["InvalidInput"];
            429: components["responses"]["TooMany"];
            default: components["responses"]["Refused"];
        };
    };
    listGroups: {
        parameters: {
            query?: {
                /** @description Also understood as `page` and `limit` (or `per_page`) without brackets. A page beyond the last one is the last one. */
                pagination?: {
                    /** @default 20 */
                    limit?: number;
                    /** @default 1 */
                    page?: number;
                };
                /** @description A part of a name. */
                search?: string;
                sort?: {
                    /** @enum {string} */
                    column?: "createdAt" | "friendlyName" | "name" | "userCount";
                    /**
                     * @default asc
                     * @enum {string}
                     */
                    direction?: "asc" | "desc";
                };
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was asked for. */
            200: {
                headers: AnyHeaders;
                content: {
                    "application/json": {
                        data: components["schemas"]["UserGroupMinimalDto"][];
                        pagination: components["schemas"]["Pagination"];
                    };
                };
            };
            401: components["responses"]["NotSignedIn"];
            403: components["responses"]["Forbidden"];
            default: components["responses"]["Refused"];
        };
    };
    createGroup: {
        parameters: NoParameters;
        requestBody: {
            content: {
                "application/json": components["schemas"]["UserGroupCreateDto"];
            };
        };
        responses: {
            /** @description What was asked for. */
            201: {
                headers: AnyHeaders;
                content: {
                    "application/json": components["schemas"]["UserGroupDto"];
                };
            };
            400: components["responses"]["InvalidInput"];
            401: components["responses"]["NotSignedIn"];
            403: components["responses"]["Forbidden"];
            default: components["responses"]["Refused"];
        };
    };
    readGroup: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was asked for. */
            200: {
                headers: AnyHeaders;
                content: {
                    "application/json": components["schemas"]["UserGroupDto"];
                };
            };
            401: components["responses"]["NotSignedIn"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            default: components["responses"]["Refused"];
        };
    };
    updateGroup: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` of what was read. Where it has changed since, the answer is 412; without it the last write wins. */
                "If-Match"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UserGroupCreateDto"];
            };
        };
        responses: {
            /** @description What was asked for. */
            200: {
                headers: AnyHeaders;
                content: {
                    "application/json": components["schemas"]["UserGroupDto"];
                };
            };
            400: components["responses"]["InvalidInput"];
            401: components["responses"]["NotSignedIn"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            412: components["responses"]["Changed"];
            default: components["responses"]["Refused"];
        };
    };
    deleteGroup: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` of what was read. Where it has changed since, the answer is 412; without it the last write wins. */
                "If-Match"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: WithoutBody;
            401: components["responses"]["NotSignedIn"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            412: components["responses"]["Changed"];
            default: components["responses"]["Refused"];
        };
    };
    setAllowedOidcClientsOfUserGroup: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` of what was read. Where it has changed since, the answer is 412; without it the last write wins. */
                "If-Match"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UserGroupUpdateAllowedOidcClientsDto"];
            };
        };
        responses: {
            /** @description What was asked for. */
            200: {
                headers: AnyHeaders;
                content: {
                    "application/json": Record<string, never>;
                };
            };
            400: components["responses"]["InvalidInput"];
            401: components["responses"]["NotSignedIn"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            412: components["responses"]["Changed"];
            default: components["responses"]["Refused"];
        };
    };
    linkGroupToLdap: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Its identifier, its name (DN), or what it calls itself. */
                    entry: string;
                };
            };
        };
        responses: {
            /** @description What was asked for. */
            200: {
                headers: AnyHeaders;
                content: {
                    "application/json": {
                        dn: string;
                        id: string;
                    };
                };
            };
            400: components["responses"]["InvalidInput"];
            401: components["responses"]["NotSignedIn"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            default: components["responses"]["Refused"];
        };
    };
    unlinkGroupFromLdap: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: WithoutBody;
            401: components["responses"]["NotSignedIn"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            default: components["responses"]["Refused"];
        };
    };
    listMembershipsOfGroup: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was asked for. */
            200: {
                headers: AnyHeaders;
                content: {
                    "application/json": components["schemas"]["MembershipDto"][];
                };
            };
            401: components["responses"]["NotSignedIn"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            default: components["responses"]["Refused"];
        };
    };
    readMembership: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
                userId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was asked for. */
            200: {
                headers: AnyHeaders;
                content: {
                    "application/json": components["schemas"]["MembershipDto"];
                };
            };
            401: components["responses"]["NotSignedIn"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            default: components["responses"]["Refused"];
        };
    };
    updateMembership: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` of what was read. Where it has changed since, the answer is 412; without it the last write wins. */
                "If-Match"?: string;
            };
            path: {
                id: string;
                userId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /**
                     * Format: date-time
                     * @description In the future; null for never.
                     */
                    endsAt: string | null;
                };
            };
        };
        responses: {
            /** @description What was asked for. */
            200: {
                headers: AnyHeaders;
                content: {
                    "application/json": components["schemas"]["MembershipDto"];
                };
            };
            400: components["responses"]["InvalidInput"];
            401: components["responses"]["NotSignedIn"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            412: components["responses"]["Changed"];
            default: components["responses"]["Refused"];
        };
    };
    replaceMembersOfGroup: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` of what was read. Where it has changed since, the answer is 412; without it the last write wins. */
                "If-Match"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Unknown ids are ignored. */
                    userIds: string[];
                };
            };
        };
        responses: {
            /** @description What was asked for. */
            200: {
                headers: AnyHeaders;
                content: {
                    "application/json": components["schemas"]["UserGroupDto"];
                };
            };
            400: components["responses"]["InvalidInput"];
            401: components["responses"]["NotSignedIn"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            412: components["responses"]["Changed"];
            default: components["responses"]["Refused"];
        };
    };
    listUsers: {
        parameters: {
            query?: {
                /** @description One value each; several values, any of which may match, are written as `filters[name][0]`, `filters[name][1]`. */
                filters?: {
                    disabled?: string | number | boolean;
                    emailVerified?: string | number | boolean;
                    isAdmin?: string | number | boolean;
                };
                /** @description Also understood as `page` and `limit` (or `per_page`) without brackets. A page beyond the last one is the last one. */
                pagination?: {
                    /** @default 20 */
                    limit?: number;
                    /** @default 1 */
                    page?: number;
                };
                /** @description A part of a name. */
                search?: string;
                sort?: {
                    /** @enum {string} */
                    column?: "createdAt" | "username" | "email" | "emailVerified" | "firstName" | "lastName" | "displayName" | "isAdmin" | "disabled";
                    /**
                     * @default asc
                     * @enum {string}
                     */
                    direction?: "asc" | "desc";
                };
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was asked for. */
            200: {
                headers: AnyHeaders;
                content: {
                    "application/json": {
                        data: components["schemas"]["UserDto"][];
                        pagination: components["schemas"]["Pagination"];
                    };
                };
            };
            401: components["responses"]["NotSignedIn"];
            403: components["responses"]["Forbidden"];
            default: components["responses"]["Refused"];
        };
    };
    createUser: {
        parameters: NoParameters;
        requestBody: {
            content: {
                "application/json": components["schemas"]["UserCreateDto"];
            };
        };
        responses: {
            /** @description What was asked for. */
            201: {
                headers: AnyHeaders;
                content: {
                    "application/json": components["schemas"]["UserDto"];
                };
            };
            400: components["responses"]["InvalidInput"];
            401: components["responses"]["NotSignedIn"];
            403: components["responses"]["Forbidden"];
            default: components["responses"]["Refused"];
        };
    };
    readUser: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was asked for. */
            200: {
                headers: AnyHeaders;
                content: {
                    "application/json": components["schemas"]["UserDto"];
                };
            };
            401: components["responses"]["NotSignedIn"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            default: components["responses"]["Refused"];
        };
    };
    updateUser: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` of what was read. Where it has changed since, the answer is 412; without it the last write wins. */
                "If-Match"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UserCreateDto"];
            };
        };
        responses: {
            /** @description What was asked for. */
            200: {
                headers: AnyHeaders;
                content: {
                    "application/json": components["schemas"]["UserDto"];
                };
            };
            400: components["responses"]["InvalidInput"];
            401: components["responses"]["NotSignedIn"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            412: components["responses"]["Changed"];
            default: components["responses"]["Refused"];
        };
    };
    deleteUser: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` of what was read. Where it has changed since, the answer is 412; without it the last write wins. */
                "If-Match"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: WithoutBody;
            401: components["responses"]["NotSignedIn"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            412: components["responses"]["Changed"];
            default: components["responses"]["Refused"];
        };
    };
    listGroupsOfUser: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was asked for. */
            200: {
                headers: AnyHeaders;
                content: {
                    "application/json": components["schemas"]["UserGroupDto"][];
                };
            };
            401: components["responses"]["NotSignedIn"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            default: components["responses"]["Refused"];
        };
    };
    inviteUser: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Seconds, or a duration such as 15m or 1h30m; more than a second, 31 days at most. 0: as usual. Usual is a day. */
                    ttl?: number | string;
                };
            };
        };
        responses: {
            /** @description What was asked for. */
            201: {
                headers: AnyHeaders;
                content: {
                    "application/json": {
                        /** Format: uri */
                        link: string;
                    };
                };
            };
            400: components["responses"]["InvalidInput"];
            401: components["responses"]["NotSignedIn"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            default: components["responses"]["Refused"];
        };
    };
    sendInvitationToUser: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Seconds, or a duration such as 15m or 1h30m; more than a second, 31 days at most. 0: as usual. Usual is a day. */
                    ttl?: number | string;
                };
            };
        };
        responses: {
            /** @description Done. */
            204: WithoutBody;
            400: components["responses"]["InvalidInput"];
            401: components["responses"]["NotSignedIn"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            default: components["responses"]["Refused"];
        };
    };
    linkUserToLdap: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Its identifier, its name (DN), or the user name or e-mail address that it has. */
                    entry: string;
                };
            };
        };
        responses: {
            /** @description What was asked for. */
            200: {
                headers: AnyHeaders;
                content: {
                    "application/json": {
                        dn: string;
                        id: string;
                    };
                };
            };
            400: components["responses"]["InvalidInput"];
            401: components["responses"]["NotSignedIn"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            default: components["responses"]["Refused"];
        };
    };
    unlinkUserFromLdap: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: WithoutBody;
            401: components["responses"]["NotSignedIn"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            default: components["responses"]["Refused"];
        };
    };
    sendLoginCodeToUser: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Seconds, or a duration such as 15m or 1h30m; more than a second, 31 days at most. 0: as usual. */
                    ttl?: number | string;
                };
            };
        };
        responses: {
            /** @description Done. */
            204: WithoutBody;
            400: components["responses"]["InvalidInput"];
            401: components["responses"]["NotSignedIn"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            default: components["responses"]["Refused"];
        };
    };
    issueLoginCodeForUser: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Seconds, or a duration such as 15m or 1h30m; more than a second, 31 days at most. 0: as usual. */
                    ttl?: number | string;
                };
            };
        };
        responses: {
            /** @description What was asked for. */
            201: {
                headers: AnyHeaders;
                content: {
                    "application/json": {
                        token: string;
                    };
                };
            };
            400: components["responses"]["InvalidInput"];
            401: components["responses"]["NotSignedIn"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            default: components["responses"]["Refused"];
        };
    };
    listPasskeyRemovalsOfUser: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was asked for. */
            200: {
                headers: AnyHeaders;
                content: {
                    "application/json": components["schemas"]["PasskeyRemovalDto"][];
                };
            };
            401: components["responses"]["NotSignedIn"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            default: components["responses"]["Refused"];
        };
    };
    readPasskeyRemovalOfUser: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
                passkeyId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was asked for. */
            200: {
                headers: AnyHeaders;
                content: {
                    "application/json": components["schemas"]["PasskeyRemovalDto"];
                };
            };
            401: components["responses"]["NotSignedIn"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            default: components["responses"]["Refused"];
        };
    };
    withdrawAfterPasskeyRemovalOfUser: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
                passkeyId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: WithoutBody;
            401: components["responses"]["NotSignedIn"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            default: components["responses"]["Refused"];
        };
    };
    replaceProfilePicture: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "multipart/form-data": {
                    /** Format: binary */
                    file: Blob;
                };
            };
        };
        responses: {
            /** @description Done. */
            204: WithoutBody;
            400: components["responses"]["InvalidInput"];
            401: components["responses"]["NotSignedIn"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            default: components["responses"]["Refused"];
        };
    };
    deleteProfilePicture: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: WithoutBody;
            401: components["responses"]["NotSignedIn"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            default: components["responses"]["Refused"];
        };
    };
    readProfilePicture: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was asked for. */
            200: {
                headers: AnyHeaders;
                content: {
                    "image/gif": unknown;
                    "image/jpeg": unknown;
                    "image/png": unknown;
                    "image/svg+xml": unknown;
                    "image/webp": unknown;
                    "image/x-icon": unknown;
                };
            };
            404: components["responses"]["NotFound"];
            default: components["responses"]["Refused"];
        };
    };
    listSessionsOfUser: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was asked for. */
            200: {
                headers: AnyHeaders;
                content: {
                    "application/json": components["schemas"]["SessionDto"][];
                };
            };
            401: components["responses"]["NotSignedIn"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            default: components["responses"]["Refused"];
        };
    };
    endSessionsOfUser: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: WithoutBody;
            401: components["responses"]["NotSignedIn"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            default: components["responses"]["Refused"];
        };
    };
    endSessionOfUser: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
                sessionId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: WithoutBody;
            401: components["responses"]["NotSignedIn"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            default: components["responses"]["Refused"];
        };
    };
    replaceGroupsOfUser: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` of what was read. Where it has changed since, the answer is 412; without it the last write wins. */
                "If-Match"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Unknown ids are ignored. */
                    userGroupIds: string[];
                };
            };
        };
        responses: {
            /** @description What was asked for. */
            200: {
                headers: AnyHeaders;
                content: {
                    "application/json": components["schemas"]["UserDto"];
                };
            };
            400: components["responses"]["InvalidInput"];
            401: components["responses"]["NotSignedIn"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            412: components["responses"]["Changed"];
            default: components["responses"]["Refused"];
        };
    };
    listPasskeysOfUser: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was asked for. */
            200: {
                headers: AnyHeaders;
                content: {
                    "application/json": components["schemas"]["WebauthnCredentialDto"][];
                };
            };
            401: components["responses"]["NotSignedIn"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            default: components["responses"]["Refused"];
        };
    };
    deletePasskeyOfUser: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                credentialId: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: WithoutBody;
            401: components["responses"]["NotSignedIn"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            default: components["responses"]["Refused"];
        };
    };
    readOwnUser: {
        parameters: NoParameters;
        requestBody?: never;
        responses: {
            /** @description What was asked for. */
            200: {
                headers: AnyHeaders;
                content: {
                    "application/json": components["schemas"]["UserDto"];
                };
            };
            401: components["responses"]["NotSignedIn"];
            403: components["responses"]["Forbidden"];
            default: components["responses"]["Refused"];
        };
    };
    updateOwnUser: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` of what was read. Where it has changed since, the answer is 412; without it the last write wins. */
                "If-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UserCreateDto"];
            };
        };
        responses: {
            /** @description What was asked for. */
            200: {
                headers: AnyHeaders;
                content: {
                    "application/json": components["schemas"]["UserDto"];
                };
            };
            400: components["responses"]["InvalidInput"];
            401: components["responses"]["NotSignedIn"];
            403: components["responses"]["Forbidden"];
            412: components["responses"]["Changed"];
            default: components["responses"]["Refused"];
        };
    };
    deleteOwnUser: {
        parameters: NoParameters;
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: WithoutBody;
            401: components["responses"]["NotSignedIn"];
            403: components["responses"]["Forbidden"];
            default: components["responses"]["Refused"];
        };
    };
    downloadOwnData: {
        parameters: NoParameters;
        requestBody?: never;
        responses: {
            /** @description What was asked for. */
            200: {
                headers: AnyHeaders;
                content: {
                    "application/json": components["schemas"]["OwnDataDto"];
                };
            };
            401: components["responses"]["NotSignedIn"];
            403: components["responses"]["Forbidden"];
            default: components["responses"]["Refused"];
        };
    };
    replaceOwnProfilePicture: {
        parameters: NoParameters;
        requestBody: {
            content: {
                "multipart/form-data": {
                    /** Format: binary */
                    file: Blob;
                };
            };
        };
        responses: {
            /** @description Done. */
            204: WithoutBody;
            400: components["responses"]["InvalidInput"];
            401: components["responses"]["NotSignedIn"];
            403: components["responses"]["Forbidden"];
            default: components["responses"]["Refused"];
        };
    };
    deleteOwnProfilePicture: {
        parameters: NoParameters;
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: WithoutBody;
            401: components["responses"]["NotSignedIn"];
            403: components["responses"]["Forbidden"];
            default: components["responses"]["Refused"];
        };
    };
    sendEmailVerification: {
        parameters: NoParameters;
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: WithoutBody;
            401: components["responses"]["NotSignedIn"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["TooMany"];
            default: components["responses"]["Refused"];
        };
    };
    verifyEmail: {
        parameters: NoParameters;
        requestBody: {
            content: {
                "application/json": {
                    token: string;
                };
            };
        };
        responses: {
            /** @description Done. */
            204: WithoutBody;
            400: components["responses"]["InvalidInput"];
            401: components["responses"]["NotSignedIn"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["TooMany"];
            default: components["responses"]["Refused"];
        };
    };
    currentVersion: {
        parameters: NoParameters;
        requestBody?: never;
        responses: {
            /** @description What was asked for. */
            200: {
                headers: AnyHeaders;
                content: {
                    "application/json": components["schemas"]["CurrentVersionDto"];
                };
            };
            401: components["responses"]["NotSignedIn"];
            403: components["responses"]["Forbidden"];
            default: components["responses"]["Refused"];
        };
    };
    latestVersion: {
        parameters: NoParameters;
        requestBody?: never;
        responses: {
            /** @description What was asked for. */
            200: {
                headers: AnyHeaders;
                content: {
                    "application/json": components["schemas"]["LatestVersionDto"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    listOwnPasskeys: {
        parameters: NoParameters;
        requestBody?: never;
        responses: {
            /** @description What was asked for. */
            200: {
                headers: AnyHeaders;
                content: {
                    "application/json": components["schemas"]["WebauthnCredentialDto"][];
                };
            };
            401: components["responses"]["NotSignedIn"];
            403: components["responses"]["Forbidden"];
            default: components["responses"]["Refused"];
        };
    };
    deleteOwnPasskey: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: WithoutBody;
            401: components["responses"]["NotSignedIn"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            default: components["responses"]["Refused"];
        };
    };
    renameOwnPasskey: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    name: string;
                };
            };
        };
        responses: {
            /** @description What was asked for. */
            200: {
                headers: AnyHeaders;
                content: {
                    "application/json": components["schemas"]["WebauthnCredentialDto"];
                };
            };
            400: components["responses"]["InvalidInput"];
            401: components["responses"]["NotSignedIn"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            default: components["responses"]["Refused"];
        };
    };
    finishLogin: {
        parameters: NoParameters;
        requestBody: {
            content: {
                "application/json": components["schemas"]["AuthenticationResponseJSON"];
            };
        };
        responses: {
            /** @description What was asked for. */
            200: {
                headers: AnyHeaders;
                content: {
                    "application/json": components["schemas"]["UserDto"];
                };
            };
            400: components["responses"]["InvalidInput"];
            default: components["responses"]["Refused"];
        };
    };
    startLogin: {
        parameters: NoParameters;
        requestBody?: never;
        responses: {
            /** @description What was asked for. */
            200: {
                headers: AnyHeaders;
                content: {
                    "application/json": components["schemas"]["PublicKeyCredentialRequestOptionsJSON"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    logout: {
        parameters: NoParameters;
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: WithoutBody;
            401: components["responses"]["NotSignedIn"];
            403: components["responses"]["Forbidden"];
            default: components["responses"]["Refused"];
        };
    };
    reauthenticate: {
        parameters: NoParameters;
        requestBody: {
            content: {
                "application/json": components["schemas"]["AuthenticationResponseJSON"];
            };
        };
        responses: {
            /** @description Done. */
            204: WithoutBody;
            400: components["responses"]["InvalidInput"];
            401: components["responses"]["NotSignedIn"];
            403: components["responses"]["Forbidden"];
            default: components["responses"]["Refused"];
        };
    };
    finishRegistration: {
        parameters: NoParameters;
        requestBody: {
            content: {
                "application/json": components["schemas"]["RegistrationResponseJSON"];
            };
        };
        responses: {
            /** @description What was asked for. */
            200: {
                headers: AnyHeaders;
                content: {
                    "application/json": components["schemas"]["WebauthnCredentialDto"];
                };
            };
            400: components["responses"]["InvalidInput"];
            401: components["responses"]["NotSignedIn"];
            403: components["responses"]["Forbidden"];
            default: components["responses"]["Refused"];
        };
    };
    startRegistration: {
        parameters: NoParameters;
        requestBody?: never;
        responses: {
            /** @description What was asked for. */
            200: {
                headers: AnyHeaders;
                content: {
                    "application/json": components["schemas"]["PublicKeyCredentialCreationOptionsJSON"];
                };
            };
            401: components["responses"]["NotSignedIn"];
            403: components["responses"]["Forbidden"];
            default: components["responses"]["Refused"];
        };
    };
    listOwnPasskeyRemovals: {
        parameters: NoParameters;
        requestBody?: never;
        responses: {
            /** @description What was asked for. */
            200: {
                headers: AnyHeaders;
                content: {
                    "application/json": components["schemas"]["PasskeyRemovalDto"][];
                };
            };
            401: components["responses"]["NotSignedIn"];
            403: components["responses"]["Forbidden"];
            default: components["responses"]["Refused"];
        };
    };
    readOwnPasskeyRemoval: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                passkeyId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was asked for. */
            200: {
                headers: AnyHeaders;
                content: {
                    "application/json": components["schemas"]["PasskeyRemovalDto"];
                };
            };
            401: components["responses"]["NotSignedIn"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            default: components["responses"]["Refused"];
        };
    };
    withdrawAfterOwnPasskeyRemoval: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                passkeyId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: WithoutBody;
            401: components["responses"]["NotSignedIn"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            default: components["responses"]["Refused"];
        };
    };
}
