# Passwords that are reset in the cloud reach the on-premises directory, and
# users may unlock their account there without a new password.
resource "entraid_sspr_on_premises_policy" "this" {
  password_writeback = true
  account_unlock     = true
}
