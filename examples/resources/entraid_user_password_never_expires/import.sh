# The id is the object id of the user or the user principal name.
terraform import entraid_user_password_never_expires.backup svc-backup@contoso.com
