# All cloud users whose password never expires. Terraform stops at 100 results
# unless the limit says otherwise.
list "entraid_user_password_never_expires" "all" {
  provider = entraid
  limit    = 1000
}

# The service accounts of one domain, which begin with "svc-".
list "entraid_user_password_never_expires" "services" {
  provider = entraid

  config {
    domain_name                = "contoso.com"
    user_principal_name_prefix = "svc-"
  }
}
