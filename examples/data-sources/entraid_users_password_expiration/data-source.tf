# The accounts of people and services whose password expires, and when.
data "entraid_users_password_expiration" "expiring" {
  account_enabled = true
  never_expires   = false
}

# Those whose password expires within a month, or has expired already.
output "passwords_that_expire_soon" {
  value = {
    for user in data.entraid_users_password_expiration.expiring.users :
    user.user_principal_name => user.expires_at
    if user.expires_at == null ? false : timecmp(user.expires_at, timeadd(plantimestamp(), "720h")) < 0
  }
}

# The accounts that carry the flag "password never expires" themselves.
data "entraid_users_password_expiration" "flagged" {
  reason = "user"
}

output "accounts_that_never_expire" {
  value = data.entraid_users_password_expiration.flagged.users[*].user_principal_name
}
