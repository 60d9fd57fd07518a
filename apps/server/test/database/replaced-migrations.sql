-- The schema that the last replaced migrations (those before CreateTables1763000000000) left, with their history.
-- Both databases read it, PostgreSQL with bigserial for `integer PRIMARY KEY AUTOINCREMENT`.
CREATE TABLE pocket_api (id varchar(36) NOT NULL, name text NOT NULL, name_key text NOT NULL, resource varchar(350) NOT NULL, permissions text NOT NULL, access_token_format varchar(20) NOT NULL, resource_server_client_ids text NOT NULL, allow_cimd_clients boolean NOT NULL, created_at bigint NOT NULL, updated_at bigint NOT NULL, access_token_duration_minutes integer, CONSTRAINT "PK_2375100a10bef6b8875724fe9b4" PRIMARY KEY (id));
CREATE UNIQUE INDEX pocket_api_resource ON pocket_api (resource);
CREATE TABLE pocket_api_key (id varchar(36) NOT NULL, owner_id varchar(36) NOT NULL, name text NOT NULL, name_key text NOT NULL, description text, token_hash varchar(43) NOT NULL, scopes text NOT NULL, expires_at bigint NOT NULL, last_used_at bigint, expiration_email_sent boolean NOT NULL, created_at bigint NOT NULL, CONSTRAINT "PK_d1e9e34fee942b4b7ea2d1031fb" PRIMARY KEY (id));
CREATE INDEX pocket_api_key_expires ON pocket_api_key (expires_at);
CREATE INDEX pocket_api_key_owner ON pocket_api_key (owner_id, created_at, id);
CREATE UNIQUE INDEX pocket_api_key_token ON pocket_api_key (token_hash);
CREATE TABLE pocket_approval (account_id varchar(36) NOT NULL, requested_at bigint NOT NULL, awaits_administrator boolean NOT NULL, awaits_verification boolean NOT NULL, way_back text, CONSTRAINT "PK_aa1b4e0eafc12afbdea00ae1de4" PRIMARY KEY (account_id));
CREATE TABLE pocket_artifact (key varchar(43) NOT NULL, model varchar(40) NOT NULL, payload text NOT NULL, grant_id varchar(255), account_id varchar(255), client_id text, uid varchar(255), user_code_hash varchar(43), expires_at bigint, consumed_at bigint, times_consumed integer, polled_at bigint, network varchar(45), CONSTRAINT "PK_3c9fdf9c2a0063122767dcdf42f" PRIMARY KEY (key));
CREATE INDEX pocket_artifact_account ON pocket_artifact (account_id) WHERE account_id IS NOT NULL;
CREATE INDEX pocket_artifact_client ON pocket_artifact (client_id) WHERE client_id IS NOT NULL;
CREATE INDEX pocket_artifact_expiry ON pocket_artifact (expires_at) WHERE expires_at IS NOT NULL;
CREATE INDEX pocket_artifact_grant ON pocket_artifact (grant_id) WHERE grant_id IS NOT NULL;
CREATE INDEX pocket_artifact_network ON pocket_artifact (network) WHERE network IS NOT NULL;
CREATE INDEX pocket_artifact_uid ON pocket_artifact (uid) WHERE uid IS NOT NULL;
CREATE INDEX pocket_artifact_user_code ON pocket_artifact (user_code_hash) WHERE user_code_hash IS NOT NULL;
CREATE TABLE pocket_audit (id varchar(36) NOT NULL, created_at bigint NOT NULL, event varchar(64) NOT NULL, account_id varchar(36), account_name text, actor_id varchar(36), actor_name text, client_id text, client_name text, ip_address text, user_agent text, request_id varchar(36), data text NOT NULL, changes text, occurrences bigint NOT NULL, last_at bigint NOT NULL, searched text NOT NULL, last text, repetition varchar(43), country text, city text, CONSTRAINT "PK_16bc347a5b0933095216e6e9114" PRIMARY KEY (id));
CREATE INDEX pocket_audit_account ON pocket_audit (account_id, created_at, id);
CREATE INDEX pocket_audit_client ON pocket_audit (client_name, created_at, id);
CREATE INDEX pocket_audit_created ON pocket_audit (created_at, id);
CREATE INDEX pocket_audit_event ON pocket_audit (event, created_at, id);
CREATE UNIQUE INDEX pocket_audit_repetition ON pocket_audit (repetition);
CREATE TABLE pocket_challenge (hash varchar(43) NOT NULL, purpose varchar(20) NOT NULL, browser_hash varchar(43) NOT NULL, account_id varchar(255), data text, expires_at bigint NOT NULL, CONSTRAINT "PK_ff561114dc421222dbe13bff855" PRIMARY KEY (hash));
CREATE INDEX pocket_challenge_expiry ON pocket_challenge (expires_at);
CREATE TABLE pocket_client (id text NOT NULL, name text NOT NULL, redirect_uris text NOT NULL, post_logout_redirect_uris text NOT NULL, is_public boolean NOT NULL, pkce_required boolean NOT NULL, secrets text NOT NULL, template varchar(50), created_at bigint NOT NULL, updated_at bigint NOT NULL, description text NOT NULL, client_type varchar(20) NOT NULL, pkce_supported boolean NOT NULL, requires_reauthentication boolean NOT NULL, requires_pushed_authorization_requests boolean NOT NULL, skip_consent boolean NOT NULL, is_group_restricted boolean NOT NULL, federated_identities text NOT NULL, access_token_duration_minutes bigint NOT NULL, refresh_token_duration_minutes bigint NOT NULL, name_key text NOT NULL, launch_url text, protocol text, registration text, unused_since bigint, metadata_expires_at bigint, network varchar(45), CONSTRAINT "PK_bacb920d054c66bdb71e027199a" PRIMARY KEY (id));
CREATE INDEX pocket_client_created ON pocket_client (created_at, id);
CREATE INDEX pocket_client_network ON pocket_client (network) WHERE network IS NOT NULL;
CREATE TABLE pocket_code (hash varchar(43) NOT NULL, account_id varchar(255) NOT NULL, expires_at bigint NOT NULL, browser_hash varchar(43), CONSTRAINT "PK_4773a27ff0804c554f66802c6c3" PRIMARY KEY (hash));
CREATE INDEX pocket_code_expiry ON pocket_code (expires_at);
CREATE TABLE pocket_consent (account_id varchar(255) NOT NULL, client_id text NOT NULL, scopes text NOT NULL, created_at bigint NOT NULL, updated_at bigint NOT NULL, CONSTRAINT "PK_448b9ee1c299e0d47dacbf57466" PRIMARY KEY (account_id, client_id));
CREATE INDEX pocket_consent_client ON pocket_consent (client_id);
CREATE TABLE pocket_core_migration (id integer PRIMARY KEY AUTOINCREMENT NOT NULL, timestamp bigint NOT NULL, name varchar NOT NULL);
CREATE TABLE pocket_device_login (id varchar(36) NOT NULL, token_hash varchar(43) NOT NULL, code_hash varchar(43) NOT NULL, ip_address varchar(64), user_agent varchar(512), status varchar(10) NOT NULL, account_id varchar(255), expires_at bigint NOT NULL, session_uid varchar(255), CONSTRAINT "PK_3e8d041eef76d7f7e35cd5c04d8" PRIMARY KEY (id));
CREATE UNIQUE INDEX pocket_device_login_code ON pocket_device_login (code_hash);
CREATE INDEX pocket_device_login_expiry ON pocket_device_login (expires_at);
CREATE TABLE pocket_directory_migration (id integer PRIMARY KEY AUTOINCREMENT NOT NULL, timestamp bigint NOT NULL, name varchar NOT NULL);
CREATE TABLE pocket_email (id varchar(36) NOT NULL, kind varchar(40) NOT NULL, recipient text NOT NULL, account_id varchar(36), locale varchar(100), data text NOT NULL, once_key varchar(200), attempts bigint NOT NULL, next_attempt_at bigint, expires_at bigint NOT NULL, last_error text, created_at bigint NOT NULL, sent_at bigint, CONSTRAINT "PK_59a74124a21ed62c1494d2cb69b" PRIMARY KEY (id));
CREATE INDEX pocket_email_account ON pocket_email (account_id);
CREATE INDEX pocket_email_created ON pocket_email (created_at, id);
CREATE INDEX pocket_email_due ON pocket_email (next_attempt_at, id);
CREATE UNIQUE INDEX pocket_email_once ON pocket_email (once_key);
CREATE INDEX pocket_email_unsent ON pocket_email (created_at, next_attempt_at) WHERE sent_at IS NULL;
CREATE TABLE pocket_email_verification (account_id varchar(36) NOT NULL, token_hash varchar(43) NOT NULL, email text NOT NULL, expires_at bigint NOT NULL, CONSTRAINT "PK_e936d6c630b43b1da7a28eaaa6d" PRIMARY KEY (account_id));
CREATE TABLE pocket_favourite (account_id varchar(36) NOT NULL, client_id text NOT NULL, created_at bigint NOT NULL, CONSTRAINT "PK_6010a6e76b7c01776d978021299" PRIMARY KEY (account_id, client_id));
CREATE INDEX pocket_favourite_client ON pocket_favourite (client_id);
CREATE TABLE pocket_file (name varchar(200) NOT NULL, data text NOT NULL, created_at bigint NOT NULL, CONSTRAINT "PK_42d8547098302ec770801c29cc9" PRIMARY KEY (name));
CREATE TABLE pocket_group (id varchar(36) NOT NULL, name text NOT NULL, name_key text NOT NULL, friendly_name text NOT NULL, created_at bigint NOT NULL, ldap_id text, CONSTRAINT "PK_67f2f7474d25b879c8bd46664ce" PRIMARY KEY (id));
CREATE INDEX pocket_group_by_age ON pocket_group (created_at, id);
CREATE UNIQUE INDEX pocket_group_ldap ON pocket_group (ldap_id);
CREATE UNIQUE INDEX pocket_group_name ON pocket_group (name_key);
CREATE TABLE pocket_image (file varchar(200) NOT NULL, slot varchar(100), media_type varchar(50) NOT NULL, hash varchar(43) NOT NULL, created_at bigint NOT NULL, CONSTRAINT "PK_457f62a44ee9a189fddbccae584" PRIMARY KEY (file));
CREATE UNIQUE INDEX pocket_image_slot ON pocket_image (slot);
CREATE TABLE pocket_initial_access_token (id varchar(36) NOT NULL, token_hash varchar(43) NOT NULL, description text NOT NULL, usage_limit bigint NOT NULL, usage_count bigint NOT NULL, expires_at bigint NOT NULL, created_at bigint NOT NULL, CONSTRAINT "PK_b4236c7d356aa8e691740dd42ae" PRIMARY KEY (id));
CREATE INDEX pocket_initial_access_token_expiry ON pocket_initial_access_token (expires_at);
CREATE UNIQUE INDEX pocket_initial_access_token_hash ON pocket_initial_access_token (token_hash);
CREATE TABLE pocket_job (name varchar(100) NOT NULL, next_run_at bigint NOT NULL, lease_owner varchar(100), lease_until bigint, last_started_at bigint, last_finished_at bigint, last_outcome varchar(10), last_error text, CONSTRAINT "PK_3aedb98d88f01c37b7415f6b779" PRIMARY KEY (name));
CREATE TABLE pocket_key (kid varchar(100) NOT NULL, algorithm varchar(20) NOT NULL, status varchar(10) NOT NULL, encrypted_jwk text NOT NULL, status_since bigint NOT NULL, replacement_requested_at bigint, CONSTRAINT "PK_c992ec51118eb00c69446112e3c" PRIMARY KEY (kid));
CREATE UNIQUE INDEX pocket_key_place ON pocket_key (algorithm, status) WHERE status IN ('next', 'current');
CREATE TABLE pocket_ldap_run (id varchar(36) NOT NULL, started_by varchar(10) NOT NULL, outcome varchar(10) NOT NULL, started_at bigint NOT NULL, finished_at bigint NOT NULL, code varchar(64), details text NOT NULL, found text, counts text NOT NULL, problems text NOT NULL, problem_count bigint NOT NULL, plan text, losses text, settings_hash varchar(43) NOT NULL, CONSTRAINT "PK_49021efb4bc07b4342d789653b0" PRIMARY KEY (id));
CREATE INDEX pocket_ldap_run_newest ON pocket_ldap_run (started_at, id);
CREATE TABLE pocket_limit (key varchar(43) NOT NULL, expires_at bigint NOT NULL, admitted boolean NOT NULL, CONSTRAINT "PK_77da31307df94b437dae1e09910" PRIMARY KEY (key));
CREATE INDEX pocket_limit_expiry ON pocket_limit (expires_at);
CREATE TABLE pocket_logout_notice (id varchar(36) NOT NULL, client_id text NOT NULL, account_id varchar(255) NOT NULL, sid varchar(255) NOT NULL, attempts bigint NOT NULL, next_attempt_at bigint NOT NULL, created_at bigint NOT NULL, CONSTRAINT "PK_753e4c2d395bc6e840fd9bffa89" PRIMARY KEY (id));
CREATE INDEX pocket_logout_notice_due ON pocket_logout_notice (next_attempt_at);
CREATE TABLE pocket_passkey (id varchar(36) NOT NULL, account_id varchar(255) NOT NULL, credential_id varchar(1364) NOT NULL, public_key text NOT NULL, counter bigint NOT NULL, transports text NOT NULL, aaguid varchar(36) NOT NULL, device_type varchar(20) NOT NULL, backed_up boolean NOT NULL, name text NOT NULL, created_at bigint NOT NULL, last_used_at bigint, attachment varchar(20), attestation varchar(32), attested_at bigint, device text, counter_regressed_at bigint, user_verified boolean, CONSTRAINT "PK_6bff36a0d89bb56b7dc9c90aaa8" PRIMARY KEY (id));
CREATE INDEX pocket_passkey_account ON pocket_passkey (account_id, backed_up);
CREATE UNIQUE INDEX pocket_passkey_credential ON pocket_passkey (credential_id);
CREATE INDEX pocket_passkey_verified ON pocket_passkey (user_verified);
CREATE TABLE pocket_passkey_removal (account_id varchar(255) NOT NULL, count integer NOT NULL, CONSTRAINT "PK_cd4a9eece8ad561344ce420bae8" PRIMARY KEY (account_id));
CREATE TABLE pocket_reauthentication (hash varchar(43) NOT NULL, account_id varchar(255) NOT NULL, session_uid varchar(255) NOT NULL, authenticated_at bigint NOT NULL, expires_at bigint NOT NULL, CONSTRAINT "PK_b92b31e178023fc13a5d5f321fc" PRIMARY KEY (hash));
CREATE INDEX pocket_reauthentication_account ON pocket_reauthentication (account_id);
CREATE INDEX pocket_reauthentication_expiry ON pocket_reauthentication (expires_at);
CREATE TABLE pocket_reminder (account_id varchar(36) NOT NULL, put_off_at bigint NOT NULL, CONSTRAINT "PK_3f32e6c119d8678073b22113f11" PRIMARY KEY (account_id));
CREATE TABLE pocket_scim_change (id varchar(36) NOT NULL, changed_at bigint NOT NULL, CONSTRAINT "PK_c0890fcc9f37b75623a7236050c" PRIMARY KEY (id));
CREATE INDEX pocket_scim_change_at ON pocket_scim_change (changed_at);
CREATE TABLE pocket_scim_provider (id varchar(36) NOT NULL, client_id text NOT NULL, endpoint text NOT NULL, token text NOT NULL, removal varchar(10) NOT NULL, created_at bigint NOT NULL, next_run_at bigint NOT NULL, lease_owner varchar(36), lease_until bigint, started_at bigint, finished_at bigint, succeeded_at bigint, failed boolean NOT NULL, report text NOT NULL, CONSTRAINT "PK_451f91defe3271d0bbc03b1ca41" PRIMARY KEY (id));
CREATE UNIQUE INDEX pocket_scim_provider_client ON pocket_scim_provider (client_id);
CREATE TABLE pocket_scim_record (provider_id varchar(36) NOT NULL, kind varchar(5) NOT NULL, local_id varchar(36) NOT NULL, remote_id text NOT NULL, state varchar(7) NOT NULL, name text NOT NULL, remote_name text NOT NULL, sent varchar(43) NOT NULL, kept varchar(43) NOT NULL, CONSTRAINT "PK_659a6fdade584ad3c0de6b3cd06" PRIMARY KEY (provider_id, kind, local_id));
CREATE INDEX pocket_scim_record_state ON pocket_scim_record (provider_id, state, name);
CREATE TABLE pocket_server_migration (id integer PRIMARY KEY AUTOINCREMENT NOT NULL, timestamp bigint NOT NULL, name varchar NOT NULL);
CREATE TABLE pocket_session_link (session_uid varchar(255) NOT NULL, kind varchar(20) NOT NULL, subject varchar(255) NOT NULL, account_id varchar(255) NOT NULL, label text, at bigint NOT NULL, CONSTRAINT "PK_8442e5c8b6a208a5bb9cbc542e7" PRIMARY KEY (session_uid, kind, subject));
CREATE INDEX pocket_session_link_account ON pocket_session_link (account_id);
CREATE INDEX pocket_session_link_subject ON pocket_session_link (subject, kind);
CREATE TABLE pocket_session_origin (uid varchar(255) NOT NULL, account_id varchar(255) NOT NULL, method varchar(20) NOT NULL, started_at bigint NOT NULL, removals integer NOT NULL, ended_by varchar(36), review_at bigint NOT NULL, CONSTRAINT "PK_a79d3e4626f2537e9ad0cb0a305" PRIMARY KEY (uid));
CREATE INDEX pocket_session_origin_account ON pocket_session_origin (account_id);
CREATE INDEX pocket_session_origin_end ON pocket_session_origin (ended_by) WHERE ended_by IS NOT NULL;
CREATE INDEX pocket_session_origin_review ON pocket_session_origin (review_at);
CREATE TABLE pocket_setting (key varchar(100) NOT NULL, value text NOT NULL, CONSTRAINT "PK_68832d59cb3247dce77b791e959" PRIMARY KEY (key));
CREATE TABLE pocket_signup_token (id varchar(36) NOT NULL, token_hash varchar(43) NOT NULL, group_ids text NOT NULL, usage_limit bigint NOT NULL, usage_count bigint NOT NULL, expires_at bigint NOT NULL, created_at bigint NOT NULL, sealed_token text, CONSTRAINT "PK_d56d616998c08254f01b5c4f593" PRIMARY KEY (id));
CREATE INDEX pocket_signup_token_expires ON pocket_signup_token (expires_at);
CREATE UNIQUE INDEX pocket_signup_token_hash ON pocket_signup_token (token_hash);
CREATE TABLE pocket_spent_challenge (id integer PRIMARY KEY AUTOINCREMENT NOT NULL, hash varchar(43) NOT NULL UNIQUE);
CREATE TABLE pocket_user (id varchar(36) NOT NULL, user_name text NOT NULL, user_name_key text NOT NULL, email text, email_key text, email_verified boolean NOT NULL, first_name text NOT NULL, last_name text NOT NULL, display_name text NOT NULL, administrator boolean NOT NULL, disabled boolean NOT NULL, locale varchar(35), created_at bigint NOT NULL, updated_at bigint NOT NULL, search_key text NOT NULL, ldap_id text, CONSTRAINT "PK_669e36d1b58ca8233735f6516e9" PRIMARY KEY (id));
CREATE INDEX pocket_user_by_administrator ON pocket_user (administrator, created_at, id);
CREATE INDEX pocket_user_by_age ON pocket_user (created_at, id);
CREATE INDEX pocket_user_by_disabled ON pocket_user (disabled, created_at, id);
CREATE INDEX pocket_user_by_display_name ON pocket_user (display_name, created_at, id, search_key);
CREATE INDEX pocket_user_by_email ON pocket_user (email_key, created_at, id, search_key);
CREATE INDEX pocket_user_by_email_verified ON pocket_user (email_verified, created_at, id);
CREATE INDEX pocket_user_by_first_name ON pocket_user (first_name, created_at, id, search_key);
CREATE INDEX pocket_user_by_last_name ON pocket_user (last_name, created_at, id, search_key);
CREATE UNIQUE INDEX pocket_user_email ON pocket_user (email_key);
CREATE UNIQUE INDEX pocket_user_ldap ON pocket_user (ldap_id);
CREATE INDEX pocket_user_search ON pocket_user (search_key);
CREATE UNIQUE INDEX pocket_user_user_name ON pocket_user (user_name_key);
CREATE TABLE pocket_api_grant (api_id varchar(36) NOT NULL, client_id text NOT NULL, user_delegated_access boolean NOT NULL, client_access boolean NOT NULL, user_delegated_permission_ids text NOT NULL, client_permission_ids text NOT NULL, CONSTRAINT "PK_f83f40cd67860a9d2702169aad5" PRIMARY KEY (api_id, client_id), CONSTRAINT pocket_api_grant_api FOREIGN KEY (api_id) REFERENCES pocket_api(id) ON DELETE CASCADE);
CREATE INDEX pocket_api_grant_client ON pocket_api_grant (client_id);
CREATE TABLE pocket_client_group (client_id text NOT NULL, group_id varchar(255) NOT NULL, CONSTRAINT "PK_defa2adfe09943ab1b7c6191c72" PRIMARY KEY (client_id, group_id), CONSTRAINT pocket_client_group_client FOREIGN KEY (client_id) REFERENCES pocket_client(id) ON DELETE CASCADE);
CREATE INDEX pocket_client_group_group ON pocket_client_group (group_id);
CREATE TABLE pocket_client_secret_use (secret_id varchar(36) NOT NULL, client_id text NOT NULL, last_used_at bigint NOT NULL, CONSTRAINT "PK_45551ed8f35112a4caee8136ebc" PRIMARY KEY (secret_id), CONSTRAINT pocket_client_secret_use_client_fk FOREIGN KEY (client_id) REFERENCES pocket_client(id) ON DELETE CASCADE);
CREATE INDEX pocket_client_secret_use_client ON pocket_client_secret_use (client_id);
CREATE TABLE pocket_connection_attempt (id varchar(36) NOT NULL, client_id text NOT NULL, sequence bigint NOT NULL, account_id varchar(255), data text NOT NULL, stranger varchar(64), CONSTRAINT "PK_99011357a983a3cd12786d06fc6" PRIMARY KEY (id), CONSTRAINT pocket_connection_attempt_client_fk FOREIGN KEY (client_id) REFERENCES pocket_client(id) ON DELETE CASCADE);
CREATE INDEX pocket_connection_attempt_account ON pocket_connection_attempt (account_id) WHERE account_id IS NOT NULL;
CREATE INDEX pocket_connection_attempt_client ON pocket_connection_attempt (client_id, sequence);
CREATE TABLE pocket_group_claim (group_id varchar(36) NOT NULL, key text NOT NULL, value text NOT NULL, position bigint NOT NULL, CONSTRAINT "PK_313a0c80bac52262229248a3da9" PRIMARY KEY (group_id, key), CONSTRAINT pocket_group_claim_owner FOREIGN KEY (group_id) REFERENCES pocket_group(id) ON DELETE CASCADE);
CREATE TABLE pocket_ldap_user (user_id varchar(36) NOT NULL, dn text NOT NULL, disabled_by_import boolean NOT NULL, enabled_by_hand boolean NOT NULL, administrator_by_import boolean NOT NULL, administrator_by_hand boolean NOT NULL, picture_hash text, picture_image text, CONSTRAINT "PK_c785fbe2eca63fd5faa572ed8fa" PRIMARY KEY (user_id), CONSTRAINT pocket_ldap_user_of_user FOREIGN KEY (user_id) REFERENCES pocket_user(id) ON DELETE CASCADE);
CREATE TABLE pocket_membership (user_id varchar(36) NOT NULL, group_id varchar(36) NOT NULL, ends_at bigint, CONSTRAINT "PK_eaac1ba5b5ff4b895720894b6ac" PRIMARY KEY (user_id, group_id), CONSTRAINT pocket_membership_of_group FOREIGN KEY (group_id) REFERENCES pocket_group(id) ON DELETE CASCADE, CONSTRAINT pocket_membership_of_user FOREIGN KEY (user_id) REFERENCES pocket_user(id) ON DELETE CASCADE);
CREATE INDEX pocket_membership_ends ON pocket_membership (ends_at);
CREATE INDEX pocket_membership_group ON pocket_membership (group_id, ends_at);
CREATE TABLE pocket_user_claim (user_id varchar(36) NOT NULL, key text NOT NULL, value text NOT NULL, position bigint NOT NULL, CONSTRAINT "PK_857960d0a24fbf2b16c0c916839" PRIMARY KEY (user_id, key), CONSTRAINT pocket_user_claim_owner FOREIGN KEY (user_id) REFERENCES pocket_user(id) ON DELETE CASCADE);
INSERT INTO pocket_core_migration (timestamp, name) VALUES
  (1760000000000, 'CreateTables1760000000000'),
  (1760000000010, 'ExtendClients1760000000010'),
  (1760000000015, 'AddClientProtocol1760000000015'),
  (1760000000020, 'CreateApis1760000000020'),
  (1760000000030, 'AddReauthentication1760000000030'),
  (1760000000031, 'AddDeviceLogins1760000000031'),
  (1760000000090, 'CountConsumption1760000000090'),
  (1760000000100, 'AddLogoutNotices1760000000100'),
  (1760000000110, 'AddSecretUses1760000000110'),
  (1760000000120, 'AddConnectionLog1760000000120'),
  (1760000000130, 'AddRegistration1760000000130'),
  (1760000000140, 'NotePolls1760000000140'),
  (1760000000170, 'AddLimits1760000000170'),
  (1760000000180, 'ExtendPasskeys1760000000180'),
  (1760000000192, 'BoundApiTokens1760000000192'),
  (1760000000194, 'TellStrangers1760000000194'),
  (1760000000230, 'CoverBackups1760000000230'),
  (1760000000320, 'NoteUserVerification1760000000320'),
  (1760000000352, 'SealChallenges1760000000352'),
  (1760000000354, 'CountPendingInteractions1760000000354'),
  (1760000000360, 'RequestKeyReplacement1760000000360'),
  (1760000000400, 'AddSessionHistory1760000000400'),
  (1760000000420, 'AdditiveNoteRegisteringNetworks1760000000420'),
  (1760000000430, 'AdditiveAddSpentChallenges1760000000430');
INSERT INTO pocket_directory_migration (timestamp, name) VALUES
  (1760000000000, 'CreateUsers1760000000000'),
  (1761000000000, 'AddGroups1761000000000'),
  (1761000000010, 'AddMembershipEnds1761000000010'),
  (1761000000020, 'CoverMembershipEnds1761000000020'),
  (1761000000040, 'CoverSearch1761000000040'),
  (1761000000050, 'AddLdap1761000000050'),
  (1761000000060, 'CreateScimRecords1761000000060');
INSERT INTO pocket_server_migration (timestamp, name) VALUES
  (1760000000200, 'CreateServerTables1760000000200'),
  (1760000000210, 'CreateApiKeys1760000000210'),
  (1760000000220, 'CreateAuditLog1760000000220'),
  (1760000000230, 'CreateSettings1760000000230'),
  (1762000000010, 'ExtendAuditLog1762000000010'),
  (1762000000020, 'CreateEmails1762000000020'),
  (1762000000040, 'CreateImages1762000000040'),
  (1762000000050, 'CreateSignupTokens1762000000050'),
  (1762000000100, 'CreateReminders1762000000100'),
  (1762000000120, 'CreateApprovals1762000000120'),
  (1762000000200, 'SealSignupTokens1762000000200'),
  (1762000000250, 'WaitForAddresses1762000000250'),
  (1762000000280, 'CreateFavourites1762000000280'),
  (1762000000300, 'IndexUnsentEmails1762000000300'),
  (1762000000310, 'KeepWaysBack1762000000310'),
  (1762000000340, 'CreateLdapRuns1762000000340'),
  (1762000000350, 'CreateScimProviders1762000000350'),
  (1762000000360, 'PlaceAuditEntries1762000000360');
