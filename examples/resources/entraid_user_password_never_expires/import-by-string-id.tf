import {
  to = entraid_user_password_never_expires.backup
  id = "svc-backup@contoso.com"
}
