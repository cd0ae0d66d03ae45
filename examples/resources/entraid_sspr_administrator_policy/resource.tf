# Administrators may not reset their own password. It never concerns other users.
resource "entraid_sspr_administrator_policy" "this" {
  enabled = false
}
