# CIS Microsoft 365 Foundations Benchmark 5.2.4.1 to 5.2.4.5 in one: a tenant has
# one policy, so that the examples of the single controls exclude each other.
resource "entraid_sspr_policy" "this" {
  enabled_for      = "all"
  methods_required = 2

  registration = {
    required_at_sign_in     = true
    reconfirm_after_in_days = 180
  }

  notifications = {
    users          = true
    administrators = true
  }
}
