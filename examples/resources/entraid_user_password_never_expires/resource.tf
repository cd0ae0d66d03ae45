# The password of a service account never expires.
resource "entraid_user_password_never_expires" "backup" {
  user_id = "svc-backup@contoso.com"
}

# That of another account must expire, although it was once exempted.
resource "entraid_user_password_never_expires" "legacy" {
  user_id = "svc-legacy@contoso.com"
  enabled = false
}
