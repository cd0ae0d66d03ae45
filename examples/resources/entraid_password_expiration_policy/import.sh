# The id is the name of the domain, in lower case.
terraform import entraid_password_expiration_policy.contoso contoso.com
