# CIS Microsoft 365 Foundations Benchmark 5.2.4.5:
# all administrators are told when another administrator resets a password.
resource "entraid_sspr_policy" "this" {
  enabled_for = "all"

  notifications = {
    administrators = true
  }
}
