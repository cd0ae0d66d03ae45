# What is watched at night: here a policy, the domains and an account.

terraform {
  required_version = ">= 1.5"

  required_providers {
    entraid = {
      source = "tenantsettings/entraid"
    }
  }
}

provider "entraid" {}

resource "entraid_sspr_policy" "this" {
  enabled_for      = "all"
  methods_required = 2
}

resource "entraid_password_expiration_policy" "fabrikam" {
  domain_name   = "fabrikam.com"
  never_expires = true
}

resource "entraid_user_password_never_expires" "backup" {
  user_id = "svc-backup@contoso.com"
}
