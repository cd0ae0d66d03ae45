# The domains whose password expiration is set.
list "entraid_password_expiration_policy" "tenant" {
  provider = entraid
  limit    = 1000

  config {
    set_only = true
  }
}

# The cloud users whose password never expires.
list "entraid_user_password_never_expires" "tenant" {
  provider = entraid
  limit    = 1000
}
