# Passwords expire after 90 days in one domain, and never in another.
resource "entraid_password_expiration_policy" "contoso" {
  domain_name                 = "contoso.com"
  validity_period_in_days     = 90
  notification_window_in_days = 14
}

resource "entraid_password_expiration_policy" "fabrikam" {
  domain_name   = "fabrikam.com"
  never_expires = true
}
