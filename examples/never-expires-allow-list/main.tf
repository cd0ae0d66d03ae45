# A plan that fails as soon as an account outside a list never expires, and
# that warns of accounts on the list which need attention. Nothing is changed
# in the tenant: run it every night, or in the pipeline of every change.

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

variable "exempt_accounts" {
  description = "User principal names of the accounts whose password may never expire."
  type        = set(string)
  default     = ["svc-legacy@contoso.com"]
}

locals {
  exempt_accounts = toset([for name in var.exempt_accounts : lower(name)])

  # A password that never expires is still changed by hand once a year.
  oldest_change = timeadd(plantimestamp(), "-8760h")
}

# The accounts that carry the flag "password never expires" themselves, not
# those of domains in which no password expires. Microsoft Entra Connect sets
# the flag for synchronised users, whose passwords expire on premises.
data "entraid_users_password_expiration" "flagged" {
  reason = "user"

  lifecycle {
    postcondition {
      condition = alltrue([
        for user in self.users : user.synchronized || contains(local.exempt_accounts, lower(user.user_principal_name))
      ])
      error_message = "The passwords of these accounts never expire, and nobody has exempted them: ${join(", ", [
        for user in self.users : user.user_principal_name
        if !user.synchronized && !contains(local.exempt_accounts, lower(user.user_principal_name))
      ])}. Clear the flag, or add the accounts to exempt_accounts."
    }
  }
}

locals {
  flagged = { for user in data.entraid_users_password_expiration.flagged.users : lower(user.user_principal_name) => user }
}

check "exempt_accounts_change_their_password" {
  assert {
    condition = alltrue([
      for name, user in local.flagged : user.password_last_changed == null ? false : timecmp(user.password_last_changed, local.oldest_change) >= 0
      if contains(local.exempt_accounts, name)
    ])
    error_message = "These exempt accounts have had the same password for more than a year: ${join(", ", [
      for name, user in local.flagged : "${name} (${coalesce(user.password_last_changed, "since when is not known")})"
      if contains(local.exempt_accounts, name) && (user.password_last_changed == null ? true : timecmp(user.password_last_changed, local.oldest_change) < 0)
    ])}."
  }
}

check "exempt_accounts_are_in_use" {
  assert {
    condition     = length(setsubtract(local.exempt_accounts, keys(local.flagged))) == 0
    error_message = "These accounts are exempt for nothing, because their passwords do expire or they are gone: ${join(", ", setsubtract(local.exempt_accounts, keys(local.flagged)))}."
  }
}
