# The id is that of the tenant, for all cloud users whose password never expires now,
# or object ids of users with commas between them.
terraform import entraid_users_password_never_expires.services c0a70500-0c1e-4b7a-9d3c-5e2a8f6b1d40
