# All domains whose password expiration can be managed.
list "entraid_password_expiration_policy" "all" {
  provider = entraid
}

# Those in which passwords still expire, with their settings.
list "entraid_password_expiration_policy" "expiring" {
  provider         = entraid
  include_resource = true

  config {
    never_expires = false
  }
}
