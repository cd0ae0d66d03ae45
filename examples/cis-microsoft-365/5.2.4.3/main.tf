# CIS Microsoft 365 Foundations Benchmark 5.2.4.3:
# users register when they sign in, and confirm their methods again.
resource "entraid_sspr_policy" "this" {
  enabled_for = "all"

  registration = {
    required_at_sign_in     = true
    reconfirm_after_in_days = 180
  }
}
