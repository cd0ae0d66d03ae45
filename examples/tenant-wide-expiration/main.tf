# One password expiration for every domain of the tenant that can take one. A
# domain that is added later shows up in the next plan as one more instance.

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

variable "validity_period_in_days" {
  description = "Days after which a password must be changed, 14 to 730. Null lets passwords never expire."
  type        = number
  default     = null
}

# Federated and unverified domains take no policy, and subdomains inherit that
# of their root domain.
data "entraid_domains" "manageable" {
  managed_only  = true
  verified_only = true
  root_only     = true
}

resource "entraid_password_expiration_policy" "tenant_wide" {
  for_each = toset(data.entraid_domains.manageable.domains[*].id)

  domain_name             = each.key
  validity_period_in_days = var.validity_period_in_days
  never_expires           = var.validity_period_in_days == null
}
