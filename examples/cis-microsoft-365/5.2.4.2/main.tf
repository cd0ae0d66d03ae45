# CIS Microsoft 365 Foundations Benchmark 5.2.4.2:
# two methods are required to reset a password.
#
# Users who have registered one method only cannot reset their password from
# then on, so let them register first (5.2.4.3).
resource "entraid_sspr_policy" "this" {
  enabled_for      = "all"
  methods_required = 2
}
