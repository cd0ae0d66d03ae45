# CIS Microsoft 365 Foundations Benchmark 5.2.4.1:
# self-service password reset is enabled for all users.
resource "entraid_sspr_policy" "this" {
  enabled_for = "all"
}
