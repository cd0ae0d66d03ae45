# The password settings of a tenant, as "make demo" applies them to a mock
# directory on this machine.

terraform {
  required_version = ">= 1.5"

  required_providers {
    entraid = {
      source = "tenantsettings/entraid"
    }
  }
}

# How to sign in, and where, comes from environment variables: ARM_TENANT_ID,
# ARM_CLIENT_ID, ARM_CLIENT_SECRET and ENTRAID_PORTAL_REFRESH_TOKEN. The demo
# also sets ENTRAID_*_ENDPOINT and the like, to reach its mock directory; a real
# tenant needs none of those.
provider "entraid" {}

# Who may reset their own password, and how. Every tenant has this policy; what
# is not written here keeps the value that it has in the tenant.
resource "entraid_sspr_policy" "this" {
  enabled_for      = "selected"
  group_id         = "0b9d2a0e-51e1-4a3b-9a54-3c1f1b0a7d11" # the group "SSPR pilot"
  methods_required = 2

  registration = {
    required_at_sign_in     = true
    reconfirm_after_in_days = 90
  }

  notifications = {
    users          = true
    administrators = true
  }

  helpdesk = {
    contact = "https://help.contoso.example"
  }
}

# When passwords expire in a domain. Both domains have a setting already, which
# destroy restores. A domain that was never set cannot go back to that: destroy
# then leaves the last setting, and says so.
resource "entraid_password_expiration_policy" "contoso" {
  domain_name                 = "contoso.com"
  validity_period_in_days     = 90
  notification_window_in_days = 14
}

resource "entraid_password_expiration_policy" "fabrikam" {
  domain_name   = "fabrikam.com"
  never_expires = true
}

# Accounts whose password never expires, whatever their domain says ...
resource "entraid_user_password_never_expires" "backup" {
  user_id = "svc-backup@contoso.com"
}

resource "entraid_user_password_never_expires" "scanner" {
  user_id = "svc-scanner@contoso.com"
}

# ... and one whose password must expire, although somebody once exempted it.
resource "entraid_user_password_never_expires" "legacy" {
  user_id = "svc-legacy@contoso.com"
  enabled = false
}
