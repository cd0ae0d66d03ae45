# A policy that is there once in a tenant, and here only where the caller asks
# for it: count is 0 or 1.
resource "entraid_sspr_policy" "this" {
  count = var.self_service_password_reset == null ? 0 : 1

  enabled_for      = var.self_service_password_reset.enabled_for
  group_id         = var.self_service_password_reset.group_id
  methods_required = var.self_service_password_reset.methods_required

  registration = {
    required_at_sign_in     = var.self_service_password_reset.required_at_sign_in
    reconfirm_after_in_days = var.self_service_password_reset.reconfirm_after_in_days
  }

  notifications = {
    users          = var.self_service_password_reset.notify_users
    administrators = var.self_service_password_reset.notify_administrators
  }

  # An attribute that is null is one that nobody wrote: the provider leaves it alone.
  helpdesk = var.self_service_password_reset.helpdesk_contact == null ? null : {
    contact = var.self_service_password_reset.helpdesk_contact
  }
}

resource "entraid_sspr_on_premises_policy" "this" {
  count = var.on_premises_integration == null ? 0 : 1

  password_writeback = var.on_premises_integration.password_writeback
  account_unlock     = var.on_premises_integration.account_unlock
}

resource "entraid_sspr_administrator_policy" "this" {
  count = var.administrators_may_reset_own_password == null ? 0 : 1

  enabled = var.administrators_may_reset_own_password
}

# The domains that can take an expiration: federated and unverified ones cannot,
# and subdomains inherit that of their root domain.
data "entraid_domains" "manageable" {
  count = var.password_expiration == null ? 0 : 1

  managed_only  = true
  verified_only = true
  root_only     = true
}

locals {
  manageable_domains = toset(flatten(data.entraid_domains.manageable[*].domains[*].id))
  excluded_domains   = toset([for domain in try(var.password_expiration.excluded_domains, []) : lower(domain)])
}

# The key is the domain's name, so that a domain that comes or goes concerns its
# own instance only.
resource "entraid_password_expiration_policy" "this" {
  for_each = setsubtract(local.manageable_domains, local.excluded_domains)

  domain_name                 = each.key
  never_expires               = var.password_expiration.validity_period_in_days == null
  validity_period_in_days     = var.password_expiration.validity_period_in_days
  notification_window_in_days = var.password_expiration.notification_window_in_days
}

# A slip in the name of an exclusion would put the domain under the policy.
check "excluded_domains" {
  assert {
    condition     = length(setsubtract(local.excluded_domains, local.manageable_domains)) == 0
    error_message = "Excluded, but none of the domains that could be managed: ${join(", ", setsubtract(local.excluded_domains, local.manageable_domains))}."
  }
}

resource "entraid_user_password_never_expires" "service_account" {
  for_each = var.service_accounts

  user_id = each.value
}
