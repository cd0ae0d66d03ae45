import {
  to = entraid_users_password_never_expires.services
  id = "c0a70500-0c1e-4b7a-9d3c-5e2a8f6b1d40"
}
