# The tests run against the tenant of "make mock", and put back what they change.

run "plan_of_the_defaults" {
  command = plan

  assert {
    condition     = entraid_sspr_policy.this[0].enabled_for == "all" && entraid_sspr_policy.this[0].methods_required == 2
    error_message = "Everybody may reset their password, with two methods."
  }

  assert {
    condition     = length(entraid_sspr_on_premises_policy.this) == 0 && length(entraid_sspr_administrator_policy.this) == 0
    error_message = "Writeback and the administrators' switch are left alone."
  }

  assert {
    condition     = length(entraid_user_password_never_expires.service_account) == 0
    error_message = "No account is exempted."
  }
}

run "defaults" {
  assert {
    condition     = entraid_sspr_policy.this[0].registration.required_at_sign_in && entraid_sspr_policy.this[0].notifications.administrators
    error_message = "Users register at sign-in, and administrators are notified."
  }

  assert {
    condition     = keys(output.password_expiration) == ["contoso.com", "contoso.onmicrosoft.com", "fabrikam.com"]
    error_message = "The managed, verified root domains have the expiration, and no others."
  }

  assert {
    condition     = alltrue([for days in values(output.password_expiration) : days == null])
    error_message = "Passwords never expire."
  }

  assert {
    condition     = output.tenant_id == entraid_sspr_policy.this[0].id
    error_message = "The tenant is that of the policy."
  }
}
