import type { Application } from './application.ts'
import { argoCd, argoCdCli } from './argo-cd.ts'
import { audiobookshelf } from './audiobookshelf.ts'
import { cloudflareAccess } from './cloudflare-access.ts'
import { forgejo, gitea } from './gitea.ts'
import { grafana } from './grafana.ts'
import { homeAssistant } from './home-assistant.ts'
import { immich } from './immich.ts'
import { jellyfin } from './jellyfin.ts'
import { kubelogin } from './kubelogin.ts'
import { nextcloud } from './nextcloud.ts'
import { oauth2Proxy } from './oauth2-proxy.ts'
import { outline } from './outline.ts'
import { paperlessNgx } from './paperless-ngx.ts'
import { portainer } from './portainer.ts'
import { proxmoxVe } from './proxmox-ve.ts'
import { tailscale } from './tailscale.ts'
import { vaultwarden } from './vaultwarden.ts'
import { vikunja } from './vikunja.ts'

/** Every application that is emulated from data; Synology DSM has its own class. */
export const applications: readonly Application[] = [
  immich,
  nextcloud,
  jellyfin,
  grafana,
  proxmoxVe,
  portainer,
  gitea,
  forgejo,
  homeAssistant,
  paperlessNgx,
  vaultwarden,
  vikunja,
  outline,
  cloudflareAccess,
  tailscale,
  oauth2Proxy,
  kubelogin,
  argoCd,
  argoCdCli,
  audiobookshelf,
]
