import {
  to = entraid_password_expiration_policy.contoso
  identity = {
    domain_name = "contoso.com"
  }
}
