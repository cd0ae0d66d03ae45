output "tenant_id" {
  description = "Tenant whose policies are managed. Null where only domains and accounts are."
  value = one(distinct(concat(
    entraid_sspr_policy.this[*].id,
    entraid_sspr_on_premises_policy.this[*].id,
    entraid_sspr_administrator_policy.this[*].id,
  )))
}

output "password_expiration" {
  description = "Days after which a password must be changed, by managed domain. Null where passwords never expire."
  value = {
    for name, domain in entraid_password_expiration_policy.this : name => domain.validity_period_in_days
  }
}

output "service_accounts" {
  description = "Object id and present user principal name of each service account, by its key."
  value = {
    for name, account in entraid_user_password_never_expires.service_account : name => {
      id                  = account.id
      user_principal_name = account.user_principal_name
    }
  }
}
