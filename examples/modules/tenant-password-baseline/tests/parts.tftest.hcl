# Each part alone, and with values of the caller's choice.

variables {
  self_service_password_reset = null
  password_expiration         = null
}

run "nothing" {
  assert {
    condition     = length(entraid_sspr_policy.this) == 0 && length(data.entraid_domains.manageable) == 0
    error_message = "A part that is null is neither read nor written."
  }

  assert {
    condition     = output.tenant_id == null && length(output.password_expiration) == 0 && length(output.service_accounts) == 0
    error_message = "Nothing is managed."
  }
}

run "service_accounts_alone" {
  variables {
    service_accounts = {
      backup  = "svc-backup@contoso.com"
      scanner = "5ca00000-6f8e-4c31-904d-5e9c0f1a2b34"
    }
  }

  assert {
    condition     = output.service_accounts.backup.id == "5bac0000-5e7d-4b20-8f3c-4d8b9e0f1a23"
    error_message = "An account is found by its name."
  }

  assert {
    condition     = output.service_accounts.scanner.user_principal_name == "svc-scanner@contoso.com"
    error_message = "An account is found by its object id."
  }
}

run "account_by_another_of_its_names" {
  variables {
    service_accounts = { backup = "5bac0000-5e7d-4b20-8f3c-4d8b9e0f1a23" }
  }

  assert {
    condition     = keys(output.service_accounts) == ["backup"] && output.service_accounts.backup.user_principal_name == "svc-backup@contoso.com"
    error_message = "The same account under its object id is still the same account."
  }
}

run "expiration_with_an_exclusion" {
  variables {
    password_expiration = {
      validity_period_in_days     = 180
      notification_window_in_days = 21
      excluded_domains            = ["Contoso.com", "contoso.onmicrosoft.com"]
    }
  }

  assert {
    condition     = keys(output.password_expiration) == ["fabrikam.com"] && output.password_expiration["fabrikam.com"] == 180
    error_message = "Only the domain that is not excluded has the expiration."
  }

  assert {
    condition     = entraid_password_expiration_policy.this["fabrikam.com"].notification_window_in_days == 21
    error_message = "The notice is as configured."
  }
}

run "all_policies" {
  variables {
    self_service_password_reset = {
      enabled_for      = "selected"
      group_id         = "0b9d2a0e-51e1-4a3b-9a54-3c1f1b0a7d11"
      methods_required = 1
      helpdesk_contact = "helpdesk@contoso.com"
    }
    on_premises_integration               = { account_unlock = false }
    administrators_may_reset_own_password = false
  }

  assert {
    condition     = entraid_sspr_policy.this[0].group_name == "SSPR pilot" && entraid_sspr_policy.this[0].helpdesk.contact == "helpdesk@contoso.com"
    error_message = "One group may reset its passwords, and asks this helpdesk."
  }

  assert {
    condition     = entraid_sspr_on_premises_policy.this[0].password_writeback && !entraid_sspr_on_premises_policy.this[0].account_unlock
    error_message = "Passwords are written back, and accounts are not unlocked."
  }

  assert {
    condition     = !entraid_sspr_administrator_policy.this[0].enabled
    error_message = "Administrators may not reset their own password."
  }
}
