# CIS Microsoft 365 Foundations Benchmark 5.2.4.4:
# users are told when their password was reset.
resource "entraid_sspr_policy" "this" {
  enabled_for = "all"

  notifications = {
    users = true
  }
}
