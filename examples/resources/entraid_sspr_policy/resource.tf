# The members of one group may reset their own password, with two methods.
resource "entraid_sspr_policy" "this" {
  enabled_for      = "selected"
  group_id         = "0b9d2a0e-51e1-4a3b-9a54-3c1f1b0a7d11"
  methods_required = 2

  registration = {
    required_at_sign_in     = true
    reconfirm_after_in_days = 180
  }

  notifications = {
    users          = true
    administrators = true
  }

  helpdesk = {
    contact = "https://help.contoso.example"
  }
}
