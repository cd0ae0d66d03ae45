# What the variables refuse. What a run does not try is left alone.

variables {
  self_service_password_reset = null
  password_expiration         = null
}

run "unknown_scope" {
  command = plan

  variables {
    self_service_password_reset = { enabled_for = "everybody" }
  }

  expect_failures = [var.self_service_password_reset]
}

run "group_is_missing" {
  command = plan

  variables {
    self_service_password_reset = { enabled_for = "selected" }
  }

  expect_failures = [var.self_service_password_reset]
}

run "group_without_use" {
  command = plan

  variables {
    self_service_password_reset = { group_id = "0b9d2a0e-51e1-4a3b-9a54-3c1f1b0a7d11" }
  }

  expect_failures = [var.self_service_password_reset]
}

run "three_methods" {
  command = plan

  variables {
    self_service_password_reset = { methods_required = 3 }
  }

  expect_failures = [var.self_service_password_reset]
}

run "reconfirmed_too_late" {
  command = plan

  variables {
    self_service_password_reset = { reconfirm_after_in_days = 731 }
  }

  expect_failures = [var.self_service_password_reset]
}

run "period_too_short" {
  command = plan

  variables {
    password_expiration = { validity_period_in_days = 13 }
  }

  expect_failures = [var.password_expiration]
}

run "notice_longer_than_the_period" {
  command = plan

  variables {
    password_expiration = { validity_period_in_days = 20, notification_window_in_days = 21 }
  }

  expect_failures = [var.password_expiration]
}

run "notice_too_long" {
  command = plan

  variables {
    password_expiration = { notification_window_in_days = 31 }
  }

  expect_failures = [var.password_expiration]
}

run "not_a_user" {
  command = plan

  variables {
    service_accounts = { backup = "svc-backup" }
  }

  expect_failures = [var.service_accounts]
}

run "the_same_user_twice" {
  command = plan

  variables {
    service_accounts = { backup = "svc-backup@contoso.com", copy = "SVC-backup@contoso.com" }
  }

  expect_failures = [var.service_accounts]
}

run "excluded_domain_that_does_not_exist" {
  command = plan

  variables {
    password_expiration = { excluded_domains = ["contsoo.com"] }
  }

  expect_failures = [check.excluded_domains]
}
