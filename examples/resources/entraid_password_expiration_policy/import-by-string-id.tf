import {
  to = entraid_password_expiration_policy.contoso
  id = "contoso.com"
}
