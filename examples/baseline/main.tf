# The password settings of a tenant by a module: what a platform team writes
# once, and what each tenant says of itself.

terraform {
  required_version = ">= 1.5"

  required_providers {
    entraid = {
      source = "tenantsettings/entraid"
    }
  }
}

# How to sign in comes from environment variables or from "az login".
provider "entraid" {}

module "password_baseline" {
  source = "../modules/tenant-password-baseline"

  self_service_password_reset = {
    helpdesk_contact = "https://help.contoso.example"
  }

  administrators_may_reset_own_password = false

  password_expiration = {
    validity_period_in_days = 365
    excluded_domains        = ["contoso.onmicrosoft.com"]
  }

  service_accounts = {
    backup  = "svc-backup@contoso.com"
    scanner = "svc-scanner@contoso.com"
  }
}

output "password_expiration" {
  description = "Days after which a password must be changed, by domain."
  value       = module.password_baseline.password_expiration
}
